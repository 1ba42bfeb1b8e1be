import type { MailHostsResult } from '../model/mail-hosts-result.js';
import type { MxResult } from './mx-result.js';

/** What the DNS says about a domain, in the form that scripts rely on. */
export function toMxResult(found: MailHostsResult): MxResult {
  return {
    schema: 'greyprobe.mx-result.v1',
    domain: found.domain,
    kind: found.kind,
    hosts: found.hosts.map((host) => ({ ...host, addresses: [...host.addresses] })),
    ttlSeconds: found.ttlSeconds,
    authenticated: found.authenticated,
    warnings: found.warnings.map(({ code, message, host }) => ({
      code,
      message,
      host: host ?? null,
    })),
  };
}
