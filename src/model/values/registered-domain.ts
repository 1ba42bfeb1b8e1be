import { getDomain } from 'tldts';

/**
 * The domain that somebody registered, by the public suffix list (its ICANN part): who runs a host of
 * that name. Null for an address, and for a public suffix itself. A suffix that the list does not know
 * counts as one label. Two operators under one domain are taken for one, and one with several domains
 * for several.
 *
 *     alt1.aspmx.l.google.com   google.com
 *     mx.users.example.co.uk    example.co.uk
 */
export function registeredDomain(hostName: string): string | null {
  return getDomain(hostName, { allowPrivateDomains: false });
}
