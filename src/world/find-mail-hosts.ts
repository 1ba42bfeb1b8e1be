import { createResolver } from '../dns/create-resolver.js';
import { resolveMailHosts } from '../dns/mail-hosts.js';
import type { MxResult } from '../result/mx-result.js';
import { toMxResult } from '../result/to-mx-result.js';
import type { AddressFamily } from '../values/address-family.js';
import { parseMailTarget } from '../values/domain.js';
import { parseResolverEndpoint } from '../values/endpoint.js';

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
  const mail = parseMailTarget(target);
  const endpoint = options.resolver === null ? null : parseResolverEndpoint(options.resolver);
  const name = mail.kind === 'domain' ? mail.domain : mail.address;
  const { family } = options;
  return toMxResult(await resolveMailHosts(name, createResolver(endpoint), { family }));
}
