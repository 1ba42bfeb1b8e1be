import { asksToStop } from '../manners/asks-to-stop.js';
import { wasBrokenOff } from '../run/broken-off.js';
import type { FinishReason } from '../run/events.js';
import type { Attempt, RunState, SessionRecord } from '../run/state.js';
import type { PlanView } from './plan-view.js';
import type { PlannedSession } from './step.js';

/** Connections in a row without any reply after which the host counts as gone. */
const GIVE_UP_AFTER_FAILURES = 3;

/** Wait before a connection that failed is tried again. */
const AFTER_FAILURE_SECONDS = 10;

/** Limits and signs that end a run whatever the plan. */
export function reasonToStop(state: RunState): FinishReason | null {
  if (state.hostsFailed !== null) {
    return state.hostsFailed.kind === 'no-mail-service' ? 'no-mail-service' : 'unreachable';
  }
  const last = state.attempts.at(-1);
  if (last !== undefined && askedToStop(last)) return 'throttled';
  if (wasToldToGo(state.sessions.at(-1))) return 'throttled';
  if (state.pinned !== null && failuresInARow(state) >= GIVE_UP_AFTER_FAILURES) {
    return 'unreachable';
  }
  return null;
}

/** The host ended the last connection with a 421 of its own; greylisting may be said in one as well. */
function wasToldToGo(session: SessionRecord | undefined): boolean {
  const reply = session?.unasked ?? null;
  return reply !== null && asksToStop(reply, 'connect');
}

/** The answer of the host was that we should stop. */
export function askedToStop({ end }: Attempt): boolean {
  return end !== null && end.reply !== null && asksToStop(end.reply, end.stage);
}

/**
 * Connections at the end of the run in which no transaction got a reply, or none could be begun.
 * `4xx | no answer | broken off on our side | no answer -> 2`
 */
function failuresInARow(state: RunState): number {
  let failures = 0;
  for (const session of state.sessions.toReversed()) {
    if (wasBrokenOff(state, session)) continue;
    const tried = state.attempts.filter((one) => one.session === session.n);
    const answered = tried.some((one) => one.end?.reply);
    if (answered) break;
    failures += 1;
  }
  return failures;
}

/** When to try again after a connection that got no reply; null when there was none. */
export function retryAfterFailure(state: RunState): PlannedSession['due'] {
  const last = state.sessions.at(-1);
  if (last === undefined || failuresInARow(state) === 0) return null;
  return { since: last.ended ?? last.started, delaySeconds: AFTER_FAILURE_SECONDS };
}

/** A 5yz reply to any attempt ends the measurement. */
export function isRejected(view: PlanView): boolean {
  return view.assessment.seen.some((one) => one.end.outcome === 'rejected');
}
