import { secondsUntilPolite } from '../manners/of-run.js';
import type { RunState } from '../run/state.js';
import { mostElapsed } from '../window/elapsed.js';
import { decide } from './planner.js';

/**
 * When a run wants its next connection, in milliseconds since the epoch; null when it wants none.
 * As the run was last seen: for one that is paused or was killed, not for one that goes on.
 * `first answer at 0.1 s, a step at 60 s, killed at 58 s -> at 60.1 s; killed at 70 s -> at 70 s`
 */
export function nextDueWallMs(state: RunState): number | null {
  if (state.finished !== null) return null;
  if (state.paused !== null && state.paused.dueWallMs !== null) return state.paused.dueWallMs;
  const now = state.lastAt;
  const decision = decide(state, now);
  if (decision.kind === 'finish') return now.wallMs;
  const polite = secondsUntilPolite(state, decision.host, now);
  const { due } = decision;
  const wanted = due === null ? 0 : due.delaySeconds - mostElapsed(due.since, now);
  return now.wallMs + Math.max(0, polite, wanted) * 1000;
}
