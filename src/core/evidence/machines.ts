import type { PinnedHost } from '../../model/mail-host.js';
import type { RunState } from '../run/state.js';
import { sameHost } from './same-host.js';

/** The name of the machine that answered a connection; null where all gave one name, or none. */
export type MachineOf = (session: number) => string | null;

/**
 * Tells the machines behind an address apart, as far as their banners do.
 * `220 mx1.example.org, 220 mx2.example.org, none -> mx1.example.org, mx2.example.org, unnamed`
 */
export function machinesOf(state: RunState, host: PinnedHost): MachineOf {
  if (machineNames(state, host).length < 2) return () => null;
  return (session) => nameOf(state, session) ?? 'unnamed';
}

/** The names that a host gave itself in its banners; machines behind one address mostly differ. */
export function machineNames({ sessions }: RunState, host: PinnedHost | null): readonly string[] {
  const names = sessions.flatMap((session) =>
    host !== null && sameHost(session.host, host) ? (bannerName(session.facts) ?? []) : [],
  );
  return [...new Set(names)];
}

function nameOf({ sessions }: RunState, session: number): string | null {
  return bannerName(sessions[session - 1]?.facts ?? null);
}

function bannerName(facts: RunState['sessions'][number]['facts']): string | null {
  const name = /^[a-z0-9-]+(?:\.[a-z0-9-]+)+/iu.exec(facts?.banner.text[0] ?? '')?.[0];
  return name?.toLowerCase() ?? null;
}
