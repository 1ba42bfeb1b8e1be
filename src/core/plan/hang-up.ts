import { wasBrokenOff } from '../run/broken-off.js';
import type { RunState, SessionRecord } from '../run/state.js';
import { PURPOSES } from './purposes.js';

/** One connection that ends early may be a fault of the network. */
const ENOUGH_CONNECTIONS = 2;

/** Connections in which an aged tuple follows a control. */
const FOLLOWED: ReadonlySet<string> = new Set([PURPOSES.climb, PURPOSES.age]);

/** The host has refused a further transaction of a connection, for the connection's sake. */
export function limitsSessions(state: RunState): boolean {
  return state.attempts.some((one) => one.end?.failure?.code === 'session-limit');
}

/**
 * Whether the host hears only the first transaction of a connection: it refuses any further one, or
 * ends the connection with its first deferral, as some do by limits on errors. Then a control that
 * goes first is all there is.
 * `4xx, closed | 4xx, closed -> true; 4xx, closed | 4xx, 4xx -> false`
 */
export function hearsOnlyFirst(state: RunState): boolean {
  if (limitsSessions(state)) return true;
  const seen = state.sessions.filter((session) => endedWithDeferral(state, session));
  return seen.length >= ENOUGH_CONNECTIONS;
}

function endedWithDeferral(state: RunState, session: SessionRecord): boolean {
  if (session.ended === null || wasBrokenOff(state, session)) return false;
  const tried = state.attempts.filter((one) => one.session === session.n);
  const last = tried.at(-1);
  if (last?.end?.failure) {
    const { code } = last.end.failure;
    const hungUp = code === 'connection-closed' || code === 'connection-reset';
    return hungUp && tried.at(-2)?.end?.outcome === 'deferred';
  }
  // The host was faster than our next command: the aged tuple that follows a control was not begun.
  const controlOnly = tried.length === 1 && last?.role === 'control';
  return controlOnly && FOLLOWED.has(session.purpose) && last.end?.outcome === 'deferred';
}
