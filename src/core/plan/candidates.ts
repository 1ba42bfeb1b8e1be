import type { PinnedHost } from '../../model/mail-host.js';
import { inFamily } from '../../model/values/address-family.js';
import { sameHost } from '../evidence/same-host.js';
import { wasBrokenOff } from '../run/broken-off.js';
import type { RunState } from '../run/state.js';

/** More addresses than this are not tried before a host is called unreachable. */
const MOST_CANDIDATES = 8;

/**
 * Addresses to try in turn: hosts by preference, addresses in the resolver's order.
 * `mx1: 192.0.2.1, 2001:db8::1; mx2: 192.0.2.2; IPv4 asked for -> 192.0.2.1, 192.0.2.2`
 */
export function hostCandidates(state: RunState): readonly PinnedHost[] {
  const { family, port } = state.request;
  return (state.mailHosts ?? [])
    .flatMap((host) => host.addresses.map((address) => ({ name: host.name, address, port })))
    .filter(({ address }) => inFamily(address, family))
    .slice(0, MOST_CANDIDATES);
}

/** The first candidate that no session of this run was tried at yet, or null. */
export function nextCandidate(state: RunState): PinnedHost | null {
  const tried = (host: PinnedHost) =>
    state.sessions.some((one) => sameHost(one.host, host) && !wasBrokenOff(state, one));
  return hostCandidates(state).find((host) => !tried(host)) ?? null;
}
