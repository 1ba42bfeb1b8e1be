import { type MxResult, toMxResult } from '../contract/mx-result.js';
import { createResolver } from '../edges/dns/create-resolver.js';
import { resolveMailHosts } from '../edges/dns/mail-hosts.js';
import type { AddressFamily } from '../model/values/address-family.js';
import { parseMailTarget } from '../model/values/domain.js';
import { parseResolverEndpoint } from '../model/values/endpoint.js';

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
