import type { PinnedHost } from '../../model/mail-host.js';
import type { Stamp } from '../../model/time.js';
import { sameHost } from '../evidence/same-host.js';
import type { RunState } from '../run/state.js';
import { elapsedSeconds } from '../window/elapsed.js';

const HOUR_SECONDS = 3600;

/**
 * Seconds to wait from `now` until a connection to the host is polite: a pause after the last one,
 * and no more than so many within any hour. Zero when it is polite now.
 */
export function secondsUntilPolite(state: RunState, host: PinnedHost, now: Stamp): number {
  const { connectionsPerHour, secondsBetweenConnections } = state.request.manners;
  const sessions = state.sessions.filter((session) => sameHost(session.host, host));
  const last = sessions.at(-1);
  if (last === undefined) return 0;
  const sinceLast = elapsedSeconds(last.ended ?? last.started, now).low;
  const pause = secondsBetweenConnections - sinceLast;
  const oldestOfHour = sessions.at(-connectionsPerHour);
  const quota =
    oldestOfHour === undefined ? 0 : HOUR_SECONDS - elapsedSeconds(oldestOfHour.started, now).low;
  return Math.max(0, pause, quota);
}
