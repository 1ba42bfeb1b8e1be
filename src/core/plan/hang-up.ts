import { wasBrokenOff } from '../run/broken-off.js';
import type { RunState, SessionRecord } from '../run/state.js';
import { PURPOSES } from './purposes.js';

/** One connection that ends early may be a fault of the network. */
const ENOUGH_CONNECTIONS = 2;

/** Connections in which an aged tuple follows a control. */
const FOLLOWED: ReadonlySet<string> = new Set([PURPOSES.climb, PURPOSES.age]);

/**
 * Whether the host ends a connection with its first deferral, as some do by limits on errors: then
 * only the first transaction of a connection is heard, and a control that goes first is all there is.
 */
export function hangsUpAfterDeferral(state: RunState): boolean {
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
