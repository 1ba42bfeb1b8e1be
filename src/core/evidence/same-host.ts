import type { PinnedHost } from '../../model/mail-host.js';

/** Greylist state belongs to an address, whatever the names that lead to it. */
export function sameHost(a: PinnedHost, b: PinnedHost): boolean {
  return a.address === b.address && a.port === b.port;
}
