import type { Tuple } from '../../model/tuple.js';
import { variantsOf } from '../evidence/key.js';
import type { Attempt, RunState } from '../run/state.js';
import { hearsOnlyFirst } from './hang-up.js';
import { GRAIN_SECONDS, type PlanView, sendersRemaining, spareLeftAlone } from './plan-view.js';
import {
  CHANGED_PARTS,
  type ChangedPart,
  type PlannedSession,
  type PlannedTransaction,
  type Step,
} from './step.js';

/**
 * The next part of the tuple to change, with a tuple that is old enough to pass unchanged. One tuple
 * serves for all parts: where the host takes a variant for the tuple itself, the variants of other
 * parts are none the less what they were.
 * `b left alone, it opens by 301 s -> HELO, with b, at 302.2 s; HELO was tried -> recipient, with b, now`
 */
export function nextKeyPart(view: PlanView): KeyStep | null {
  const { state, assessment } = view;
  const { bySeconds } = assessment.inference.opens;
  if (!state.request.key || assessment.contrast === null || bySeconds === null) return null;
  if (sendersRemaining(view) === 0 || hearsOnlyFirst(state)) return null;
  const tried = variantsOf(state);
  const part = CHANGED_PARTS.find(
    (one) => canChange(state, one) && !tried.some((variant) => variant.part === one),
  );
  const [oldest] = spareLeftAlone(view);
  const base = tried[0]?.base ?? oldest?.history.tuple;
  if (part === undefined || base === undefined) return null;
  const delaySeconds = bySeconds + GRAIN_SECONDS;
  const isYoung = tried.length === 0 && oldest !== undefined && oldest.ageSeconds < delaySeconds;
  return { part, base, due: isYoung ? { since: oldest.firstReplied, delaySeconds } : null };
}

interface KeyStep {
  readonly part: ChangedPart;
  readonly base: Tuple;
  /** When the tuple is old enough; null: it is. */
  readonly due: PlannedSession['due'];
}

function canChange({ request }: RunState, part: ChangedPart): boolean {
  switch (part) {
    case 'helo':
      return true;
    case 'recipient':
      return request.otherRecipient !== null;
    case 'client':
      return request.sourceAddresses.length > 1;
  }
}

/** A control, then the variant. */
export function keyTransaction(
  view: PlanView,
  done: readonly Attempt[],
  { part, base }: Extract<Step, { kind: 'key' }>,
): PlannedTransaction | null {
  if (done.length === 0) return { tuple: 'fresh', role: 'control' };
  if (done.length > 1 || view.assessment.clientLetIn) return null;
  return { tuple: { of: base, part }, role: 'confirm' };
}
