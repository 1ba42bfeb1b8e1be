import type { MailHost, Warning } from '../model/mail-host.js';

/**
 * What the DNS says about a domain's mail hosts (RFC 5321 §5.1, RFC 7505).
 *
 * `hosts` has at least one host with an address only when kind is `hosts`. Hosts without an
 * address are listed too, with a warning.
 */
export interface MailHostsResult {
  /** The domain asked for, in A-labels, lower case. */
  readonly domain: string;
  readonly kind: 'hosts' | 'null-mx' | 'no-such-domain' | 'no-hosts';
  /** By preference, then in the order of the answer. */
  readonly hosts: readonly MailHost[];
  readonly ttlSeconds: number | null;
  readonly authenticated: boolean;
  readonly warnings: readonly Warning[];
}
