import type { Attempt } from '../run/state.js';
import { connect, finish } from './connect.js';
import { nextKeyPart } from './explore-key.js';
import { hearsOnlyFirst } from './hang-up.js';
import type { Decision, PlannedTransaction } from './step.js';
import { retryAfterFailure } from './stopping.js';
import { dueVerification } from './verify.js';
import { laterAges, type Planted, sendersRemaining, type View } from './view.js';

/** What remains after a pass: verify, then the key, then ages beyond it, each as asked for. */
export function afterPass(view: View): Decision {
  const { pinned } = view.state;
  if (pinned === null) return finish('answered');
  if (wantsOtherClient(view)) return connect(view, { kind: 'other-client' }, pinned, null);
  const verify = dueVerification(view);
  if (verify !== undefined) return connect(view, { kind: 'verify' }, pinned, verify);
  if (view.assessment.clientLetIn) return finish('answered');
  const key = nextKeyPart(view);
  if (key !== null) {
    return connect(view, { kind: 'key', ...key }, pinned, retryAfterFailure(view.state));
  }
  const later = nextLaterAge(view);
  if (later !== null) {
    const { history, firstReplied } = later.tuple;
    const due = { since: firstReplied, delaySeconds: later.age };
    return connect(view, { kind: 'age', tuple: history.tuple }, history.host, due);
  }
  return finish('answered');
}

/** Fresh tuples pass: a second client address tells a list of addresses from a fault that cleared. */
function wantsOtherClient(view: View): boolean {
  const other = view.state.request.sourceAddresses[1];
  if (other === undefined || sendersRemaining(view) === 0) return false;
  if (view.state.attempts.some((one) => one.tuple.client === other)) return false;
  return view.assessment.seen.some((one) => one.fresh && one.end.outcome === 'accepted');
}

/** A control, where it does not end the connection, then the tuple that was left alone until now. */
export function ageTransaction(
  view: View,
  done: readonly Attempt[],
  tuple: Attempt['tuple'],
): PlannedTransaction | null {
  if (done.some((one) => one.tuple.id === tuple.id)) return null;
  const controlled = sendersRemaining(view) > 0 && !hearsOnlyFirst(view.state);
  if (done.length === 0 && controlled) return { tuple: 'fresh', role: 'control' };
  return { tuple, role: 'confirm' };
}

/** A connection is hardly ever on time to the second, that of a scheduled job least of all. */
const LATE_SHARE = 0.01;

/** The next age to look at, with the oldest tuple that is not above it yet. */
function nextLaterAge(view: View): { readonly age: number; readonly tuple: Planted } | null {
  const age = laterAges(view)[0];
  if (age === undefined) return null;
  const leftAlone = view.planted.filter((one) => one.leftAlone);
  const tuple =
    leftAlone.find((one) => one.ageSeconds <= age * (1 + LATE_SHARE)) ?? leftAlone[0] ?? null;
  return tuple === null ? null : { age, tuple };
}
