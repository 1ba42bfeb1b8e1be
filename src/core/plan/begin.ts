import { mayHaveBeenSeen } from '../evidence/observations.js';
import { looksOther } from '../evidence/words.js';
import { unusedSenders } from '../run/probe-senders.js';
import type { Attempt, RunState } from '../run/state.js';
import { nextCandidate } from './candidates.js';
import { connect, finish } from './connect.js';
import { sendersUsed } from './fresh-senders.js';
import { type PlanView, sendersRemaining } from './plan-view.js';
import { canPlant } from './planting.js';
import type { Decision, PlannedTransaction } from './step.js';
import { askedToStop, retryAfterFailure } from './stopping.js';

/** The first connection, to the best candidate not tried yet. */
export function begin(state: RunState): Decision {
  const host = nextCandidate(state);
  if (host === null) return finish('unreachable');
  return connect({ state }, { kind: 'begin' }, host, null);
}

/** The host answered once, but not to a transaction. */
export function afterSilence(view: PlanView): Decision {
  const { pinned } = view.state;
  if (pinned === null) return begin(view.state);
  return connect(view, { kind: 'begin' }, pinned, retryAfterFailure(view.state));
}

/**
 * All were let in at once. A second client address, where one was given, may show another answer.
 * `250 for a from 192.0.2.7 -> a fresh one from 192.0.2.8; that was asked before -> answered`
 */
export function afterAcceptance(view: PlanView): Decision {
  const { request, attempts, pinned } = view.state;
  const other = request.sourceAddresses[1];
  const wasTried = attempts.some(({ tuple }) => tuple.client === other);
  const left = unusedSenders(request.senders, sendersUsed(view.state), () => true);
  if (pinned === null || other === undefined || wasTried || left === 0) return finish('answered');
  return connect(view, { kind: 'other-client' }, pinned, null);
}

/**
 * The tuple that begins the measurement, then controls to plant; a sender of each domain if let in.
 * `4xx for a@one.example -> b@one.example is planted; 250 for it -> a sender of two.example is tried`
 */
export function beginTransaction(
  view: PlanView,
  done: readonly Attempt[],
): PlannedTransaction | null {
  const last = done.at(-1);
  if (last === undefined) return { tuple: firstTuple(view), role: 'first' };
  if (last.end?.outcome === 'accepted') {
    return sendersRemaining(view) > 0 ? ANOTHER : null;
  }
  if (last.end?.outcome !== 'deferred' || askedToStop(last)) return null;
  const { first } = view.assessment;
  if (first !== null && looksOther(first) && done.length > 1) return null;
  return canPlant(view) ? ANOTHER : null;
}

const ANOTHER: PlannedTransaction = { tuple: 'fresh', role: 'control' };

/**
 * A sender that no host has met, or a fresh one; where there is none left, the one whose first attempt
 * has no known end.
 * `a: no connection -> a again; a: no answer to RCPT -> fresh, or a again where it is the only one`
 */
function firstTuple(view: PlanView): PlannedTransaction['tuple'] {
  const { state } = view;
  const known = state.attempts[0]?.tuple;
  const spent = known !== undefined && sendersRemaining(view) === 0;
  return unreached(state) ?? (spent ? known : 'fresh');
}

/** The first tuple, where no host can have met it yet: it is still as good as a fresh one. */
function unreached(state: RunState): Attempt['tuple'] | null {
  const first = state.attempts[0];
  if (first === undefined) return null;
  const met = state.attempts.some(
    (one) => one.tuple.id === first.tuple.id && (one.end?.reply || mayHaveBeenSeen(one.end)),
  );
  return met ? null : first.tuple;
}
