import type { Stamp } from '../../model/time.js';
import type { RunState } from '../run/state.js';
import { afterPass, ageTransaction } from './after-pass.js';
import { afterAcceptance, afterSilence, begin, beginTransaction } from './begin.js';
import { climb, climbTransaction } from './climb.js';
import { finish } from './connect.js';
import { keyTransaction } from './explore-key.js';
import { limitsSessions } from './hang-up.js';
import { planViewOf } from './plan-view.js';
import { plantTransaction } from './planting.js';
import type { Decision, PlannedTransaction, Step } from './step.js';
import { isRejected, reasonToStop } from './stopping.js';
import { verifyTransaction } from './verify.js';

/*
 * The plan of a run, as pure functions from what is known to what is next.
 *
 * Each step is one connection: a fresh control first, so that it is asked before a pass can let the
 * whole client in; then the tuple that is retried at every step; then one tuple left alone since it
 * was planted, which proves its age however the server counts; then, early in the run, fresh tuples
 * for later steps. When a tuple passes, tuples of the ages in between are tried by bisection, and a
 * last control shows whether the pass has let the client in. With one sender only the retried tuple
 * remains, and the same plan is a plain ladder.
 */

/** So many senders tell whether a host may greylist. */
const SCREENED = 2;

/** What to do next: connect, at once or later, or finish. */
export function decide(state: RunState, now: Stamp): Decision {
  const stop = reasonToStop(state);
  if (stop !== null) return finish(stop);
  if (state.pinned === null) return begin(state);
  const view = planViewOf(state, now);
  const { first, pass } = view.assessment;
  if (first === null) return afterSilence(view);
  if (isRejected(view)) return finish('rejected');
  if (first.end.outcome === 'accepted' && pass === null) return afterAcceptance(view);
  return pass === null ? climb(view) : afterPass(view);
}

/** The next transaction of the open session, or null to leave it. */
export function nextTransaction(
  state: RunState,
  step: Step,
  session: number,
  now: Stamp,
): PlannedTransaction | null {
  const done = state.attempts.filter((attempt) => attempt.session === session);
  const last = done.at(-1);
  const most = limitsSessions(state) ? 1 : state.request.manners.transactionsPerSession;
  if (done.length >= most) return null;
  if (step.kind === 'begin' && state.request.screen === true && done.length >= SCREENED)
    return null;
  if (last?.end?.outcome === 'rejected' || last?.end?.outcome === 'failed') return null;
  const view = planViewOf(state, now);
  switch (step.kind) {
    case 'begin':
      return beginTransaction(view, done);
    case 'plant':
      return plantTransaction(view, done);
    case 'climb':
      return climbTransaction(view, done);
    case 'verify':
      return verifyTransaction(view, done);
    case 'key':
      return keyTransaction(view, done, step);
    case 'other-client':
      return done.length === 0 ? { tuple: 'fresh', role: 'control' } : null;
    case 'age':
      return ageTransaction(view, done, step.tuple);
  }
}
