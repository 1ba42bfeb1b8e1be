import type { Attempt } from '../run/state.js';
import { connect, finish } from './connect.js';
import { nextKeyPart } from './explore-key.js';
import { hearsOnlyFirst } from './hang-up.js';
import {
  dueAt,
  laterAges,
  type Planted,
  type PlanView,
  sendersRemaining,
  spareLeftAlone,
} from './plan-view.js';
import type { Decision, PlannedTransaction } from './step.js';
import { retryAfterFailure } from './stopping.js';
import { dueVerification } from './verify.js';

/** What remains after a pass: verify, then the key, then ages beyond it, each as asked for. */
export function afterPass(view: PlanView): Decision {
  const { pinned } = view.state;
  if (pinned === null) return finish('answered');
  if (wantsOtherClient(view)) return connect(view, { kind: 'other-client' }, pinned, null);
  const verify = dueVerification(view);
  if (verify !== undefined) return connect(view, { kind: 'verify' }, pinned, verify);
  if (view.assessment.clientLetIn) return finish('answered');
  const key = nextKeyPart(view);
  if (key !== null) {
    const { due, ...step } = key;
    return connect(view, { kind: 'key', ...step }, pinned, retryAfterFailure(view.state) ?? due);
  }
  const later = nextLaterAge(view);
  if (later !== null) {
    const { history } = later.tuple;
    const due = dueAt(view, later.tuple, later.age);
    return connect(view, { kind: 'age', tuple: history.tuple }, history.host, due);
  }
  return finish('answered');
}

/** Fresh tuples pass: a second client address tells a list of addresses from a fault that cleared. */
function wantsOtherClient(view: PlanView): boolean {
  const other = view.state.request.sourceAddresses[1];
  if (other === undefined || sendersRemaining(view) === 0) return false;
  if (view.state.attempts.some((one) => one.tuple.client === other)) return false;
  return view.assessment.letsAllIn;
}

/**
 * A control, where it does not end the connection, then the tuple that was left alone until now. Where
 * it is refused, another one of that age, and one that had passed before: if the list still knows that
 * one, it has not lost its memory, and the window has closed.
 * `4xx fresh, 250 for b at 7200 s -> open; 4xx fresh, 4xx for b and c, 250 for a that had passed -> closed`
 */
export function ageTransaction(
  view: PlanView,
  done: readonly Attempt[],
  tuple: Attempt['tuple'],
): PlannedTransaction | null {
  const controlled = sendersRemaining(view) > 0 && !hearsOnlyFirst(view.state);
  if (done.length === 0 && controlled) return { tuple: 'fresh', role: 'control' };
  const tried = done.filter((one) => one.role === 'confirm');
  if (tried.length === 0) return { tuple, role: 'confirm' };
  if (tried.some((one) => one.end?.outcome !== 'deferred')) return null;
  const another = tried.length === 1 ? spareLeftAlone(view)[0] : undefined;
  if (another !== undefined) return { tuple: another.history.tuple, role: 'confirm' };
  const known = view.planted.find((one) => one.passed);
  const wasTried = done.some((one) => one.tuple.id === known?.history.tuple.id);
  return known === undefined || wasTried ? null : { tuple: known.history.tuple, role: 'retry' };
}

/** A connection is hardly ever on time to the second, that of a scheduled job least of all. */
const LATE_SHARE = 0.01;

/**
 * The next age to look at, with the oldest tuple that is not above it yet, or hardly.
 * `7200 s, with b 7272 s and c 7000 s old -> b; with b 7273 s old -> c`
 */
function nextLaterAge(view: PlanView): { readonly age: number; readonly tuple: Planted } | null {
  const age = laterAges(view)[0];
  if (age === undefined) return null;
  const leftAlone = view.planted.filter((one) => one.leftAlone);
  const tuple =
    leftAlone.find((one) => one.ageSeconds <= age * (1 + LATE_SHARE)) ?? leftAlone[0] ?? null;
  return tuple === null ? null : { age, tuple };
}
