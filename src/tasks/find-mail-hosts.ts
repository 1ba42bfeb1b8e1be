import type { MxResult } from '../contract/mx-result.js';
import { createResolver } from '../edges/dns/create-resolver.js';
import { resolveMailHosts } from '../edges/dns/mail-hosts.js';
import type { MailHostsResult } from '../model/mail-hosts-result.js';
import type { AddressFamily } from '../model/values/address-family.js';
import { parseMailTarget } from '../model/values/domain.js';
import { parseResolverEndpoint } from '../model/values/endpoint.js';
import { bareTarget } from '../model/values/given-address.js';

export interface FindMailHostsOptions {
  /** As for `--resolver`; null: the system's servers. */
  readonly resolver: string | null;
  readonly family: AddressFamily;
}

/**
 * Finds the mail hosts of a domain, of a mail address's domain, or of an address literal.
 * Throws usage errors for bad text, and what `resolveMailHosts` throws.
 */
export async function findMailHosts(
  target: string,
  options: FindMailHostsOptions,
): Promise<MxResult> {
  const mail = parseMailTarget(bareTarget(target));
  const endpoint = options.resolver === null ? null : parseResolverEndpoint(options.resolver);
  const name = mail.kind === 'domain' ? mail.domain : mail.address;
  const { family } = options;
  return toMxResult(await resolveMailHosts(name, createResolver(endpoint), { family }));
}

/** What the DNS says about a domain, in the form that scripts rely on. */
export function toMxResult(found: MailHostsResult): MxResult {
  return {
    schema: 'greyprobe.mx-result.v1',
    domain: found.domain,
    kind: found.kind,
    hosts: found.hosts,
    ttlSeconds: found.ttlSeconds,
    authenticated: found.authenticated,
    warnings: found.warnings.map(({ code, message, host }) => ({
      code,
      message,
      host: host ?? null,
    })),
  };
}
