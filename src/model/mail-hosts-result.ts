import type { MailHost, Warning } from './mail-host.js';

/** A warning, with the mail host that it is about where it is about one. */
export interface MailHostWarning extends Warning {
  readonly host?: string;
}

/**
 * What the DNS says about a domain's mail hosts (RFC 5321 §5.1, RFC 7505).
 *
 * `hosts` has at least one host with an address only when kind is `hosts`. Hosts without an
 * address are listed too, with a warning.
 */
export interface MailHostsResult {
  /** The domain asked for, in A-labels, lower case; or the address of an address literal. */
  readonly domain: string;
  readonly kind: 'hosts' | 'null-mx' | 'no-such-domain' | 'no-hosts';
  /** By preference, then in the order of the answer. */
  readonly hosts: readonly MailHost[];
  /** How long the MX answer may be kept (the addresses, for an implicit MX); null when unknown. */
  readonly ttlSeconds: number | null;
  /** The resolver vouches for that answer (AD bit, DNSSEC). */
  readonly authenticated: boolean;
  readonly warnings: readonly MailHostWarning[];
}
