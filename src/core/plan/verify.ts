import { PROOF_CHANCE } from '../evidence/chance.js';
import type { Attempt, RunState } from '../run/state.js';
import { hearsOnlyFirst } from './hang-up.js';
import { nextKnown } from './pass-again.js';
import {
  dueAt,
  GRAIN_SECONDS,
  type Planted,
  type PlanView,
  sendersRemaining,
  spareLeftAlone,
} from './plan-view.js';
import { edgeSecond, edgeTolerance, plantedBeside } from './prove-edge.js';
import { PURPOSES } from './purposes.js';
import type { PlannedSession, PlannedTransaction } from './step.js';
import { retryAfterFailure } from './stopping.js';

/**
 * Connections after the first pass that narrow and prove; each holds a bisection. After DATA an
 * acceptance ends the session, so that each holds one trial only.
 */
export const VERIFY_SESSIONS = { rcpt: 4, data: 7, message: 7 } as const;

/** How long the proof may wait for tuples to grow old enough. */
const LONGEST_PROOF_WAIT_SECONDS = 4;

const LONGEST_PROOF_WAIT_RATIO = 0.05;

/** On a slow line the tuples of a connection lie apart, and there are fewer of an age. */
const PROOF_WAIT_FOR_LEAD = 4;

/** How long a trial may wait for its tuple to come to a better place in the bracket. */
const LONGEST_NARROWING_WAIT_SECONDS = 4;

/** A trial is waited for where it leaves less than this part of what one at once would leave. */
const WORTH_A_WAIT_RATIO = 0.8;

/** A bracket no wider than this part of the opening is narrowed without waiting. */
const WORTH_A_WAIT_WIDTH_RATIO = 0.015;

/** A trial that may leave more than this part of the bracket is not made. */
const WORTH_A_TRIAL_RATIO = 0.85;

/** Trials aim at this part of the resolution, so that a slow host does not spoil it. */
const AIM_RATIO = 0.8;

/**
 * When to verify (null: at once), or undefined when there is nothing left to verify: first by tuples that
 * were left alone, then by some that have passed before.
 */
export function dueVerification(view: PlanView): PlannedSession['due'] | undefined {
  const { state } = view;
  const done = state.sessions.filter((one) => one.purpose === PURPOSES.verify).length;
  const most = VERIFY_SESSIONS[state.request.stage];
  const due = done < most ? dueTrial(view) : undefined;
  if (due !== undefined) return due;
  return done <= most && nextKnown(view) !== null ? retryAfterFailure(state) : undefined;
}

/**
 * The same of tuples that were left alone. In this order: a control after the pass, who narrows the
 * opening or seconds a refusal, and one more pass.
 * `250 at 300 s, no control since -> at once; b left alone, 300.8 s old, it opens by 301 s -> in 1.4 s`
 */
function dueTrial(view: PlanView): PlannedSession['due'] | undefined {
  const { state, assessment } = view;
  const failed = retryAfterFailure(state);
  if (assessment.clientLetIn) return furtherPass(view) === null ? undefined : failed;
  if (!controlledSincePass(view) && sendersRemaining(view) > 0) return failed;
  const trial = narrowingTrial(view);
  if (failed === null && trial !== null && trial.atAgeSeconds > trial.tuple.ageSeconds) {
    return dueAt(view, trial.tuple, trial.atAgeSeconds);
  }
  if (verificationTuple(view) !== null) return failed;
  const opensBy = assessment.inference.opens.bySeconds;
  if (opensBy === null || !wantsMoreProof(view)) return undefined;
  const forProof = LONGEST_PROOF_WAIT_SECONDS + view.leadSeconds * PROOF_WAIT_FOR_LEAD;
  const longest = longestWait(view, forProof, LONGEST_PROOF_WAIT_RATIO);
  const next = spareLeftAlone(view).find((one) => one.ageSeconds < opensBy + GRAIN_SECONDS);
  if (next === undefined || opensBy + GRAIN_SECONDS - next.ageSeconds > longest) return undefined;
  return dueAt(view, next, opensBy + GRAIN_SECONDS);
}

function longestWait({ assessment }: PlanView, seconds: number, ratio: number): number {
  return Math.max(seconds, (assessment.inference.opens.bySeconds ?? 0) * ratio);
}

/** Chance could still explain the pattern, or no tuple that was left alone has passed. */
function wantsMoreProof({ assessment }: PlanView): boolean {
  const leftAlonePassed = assessment.seen.some(
    (one) => one.aged?.accepted === true && one.aged.previousAge === null,
  );
  return !leftAlonePassed || assessment.chanceAhead > PROOF_CHANCE;
}

/** A client that was let in passes from now on: a few more passes rule chance out. */
function furtherPass(view: PlanView): PlannedTransaction | null {
  const { chance, contrast } = view.assessment;
  const [oldest] = spareLeftAlone(view);
  return contrast !== null && chance > PROOF_CHANCE && oldest !== undefined
    ? { tuple: oldest.history.tuple, role: 'confirm' }
    : null;
}

function controlledSincePass(view: PlanView): boolean {
  const passed = view.assessment.pass?.attempt.n ?? Number.POSITIVE_INFINITY;
  return view.assessment.seen.some((one) => one.fresh && one.attempt.n > passed);
}

/**
 * Trials of tuples left alone, at last some that had passed before, which one list lets pass again; then a
 * control that tells whether they were let in as a client.
 */
export function verifyTransaction(
  view: PlanView,
  done: readonly Attempt[],
): PlannedTransaction | null {
  const { assessment, state } = view;
  const fresh = sendersRemaining(view) > 0;
  if (assessment.clientLetIn) return furtherPass(view);
  if (!controlledSincePass(view) && fresh) return { tuple: 'fresh', role: 'control' };
  const room = state.request.manners.transactionsPerSession - done.length;
  const candidate = room > 1 || !fresh ? verificationTuple(view) : null;
  if (candidate !== null && done.length === 0 && fresh && wantsControlFirst(state)) {
    return { tuple: 'fresh', role: 'control' };
  }
  // A pass counts once a control shows that others are kept out still: before a further one lets all in.
  const onlyPassed = done.length === 1 && done[0]?.end?.outcome === 'accepted';
  if (onlyPassed && fresh && narrowingTrial(view) === null) {
    return { tuple: 'fresh', role: 'control' };
  }
  if (candidate !== null) return { tuple: candidate.history.tuple, role: 'confirm' };
  const known = room > 1 && dueTrial(view) === undefined ? nextKnown(view) : null;
  if (known !== null) return { tuple: known.history.tuple, role: 'confirm' };
  return done.at(-1)?.role === 'confirm' && fresh ? { tuple: 'fresh', role: 'control' } : null;
}

/** After DATA an acceptance ends the session, so that no control can follow the trial. */
function wantsControlFirst(state: RunState): boolean {
  return state.request.stage !== 'rcpt' && !hearsOnlyFirst(state);
}

/**
 * The tuple left alone whose trial tells most: the one that narrows the opening bracket; else one to be
 * refused beside the highest refusal; else, while chance could still explain the pattern or none left alone has
 * passed, one that is old enough to pass.
 */
export function verificationTuple(view: PlanView): Planted | null {
  const trial = narrowingTrial(view);
  const isInside = (age: number) => age > (opening(view)?.low ?? 0);
  if (trial !== null && isInside(trial.tuple.ageSeconds)) return trial.tuple;
  if (trial !== null && trial.tuple.ageSeconds >= trial.atAgeSeconds) return trial.tuple;
  const second = edgeSecond(view);
  if (second !== null && second !== trial?.tuple) return second;
  const opensBy = view.assessment.inference.opens.bySeconds;
  if (opensBy === null || !wantsMoreProof(view)) return null;
  return spareLeftAlone(view).findLast((one) => one.ageSeconds >= opensBy) ?? null;
}

/** A tuple to try inside the opening bracket, now or at an age that it will soon have. */
interface Trial {
  readonly tuple: Planted;
  readonly atAgeSeconds: number;
}

/**
 * The trial after which least of the bracket can remain; null where it is narrow enough, or no tuple
 * lies in it. A short wait is worth it where it leaves much less. Where the retried tuple has narrowed
 * the bracket already, a tuple left alone that has its age proves the same.
 * Between 240 and 310 s, of tuples at 260 and 280 s: 280, since no more than 40 s can remain.
 */
function narrowingTrial(view: PlanView): Trial | null {
  const bracket = opening(view);
  if (bracket === null) return null;
  const { low, proved, high } = bracket;
  const spare = spareLeftAlone(view);
  // A refusal counts where one planted beside it is left, to be refused as well.
  const pairs = spare.filter((one) => plantedBeside(one, spare) > 1);
  const within = { low, high };
  return (
    bestTrial(view, within, pairs) ??
    (low > proved + edgeTolerance(high) ? nearestTrial({ low: proved, high }, low, pairs) : null) ??
    bestTrial(view, within, spare)
  );
}

interface Bracket {
  readonly low: number;
  readonly high: number;
}

/**
 * The trial after which least can remain. It waits a little where that halves the bracket.
 * Between 19.9 and 100 s: of 70.9 and 40.9 s the former, since at most 51 s can remain, not 59.1 s.
 * Between 18.9 and 31 s: 21.9 s, in 3.05 s, at 24.95 s.
 */
function bestTrial(
  view: PlanView,
  { low, high }: Bracket,
  among: readonly Planted[],
): Trial | null {
  const { resolutionSeconds } = view.state.request;
  if (high - low <= resolutionSeconds) return null;
  const remains = (age: number) => Math.max(high - age, age - low);
  const now = among
    .filter((one) => remains(one.ageSeconds) < (high - low) * WORTH_A_TRIAL_RATIO)
    .toSorted((a, b) => remains(a.ageSeconds) - remains(b.ageSeconds))[0];
  // A refusal at this age brings the bracket to the resolution, or a trial halves it.
  const wanted = Math.min((low + high) / 2, high - resolutionSeconds * AIM_RATIO);
  const later = among.find((one) => one.ageSeconds < wanted);
  const isWide = high - low > high * WORTH_A_WAIT_WIDTH_RATIO;
  if (
    isWide &&
    later !== undefined &&
    wanted - later.ageSeconds <= LONGEST_NARROWING_WAIT_SECONDS
  ) {
    const atOnce = now === undefined ? high - low : remains(now.ageSeconds);
    if (atOnce > resolutionSeconds && remains(wanted) < atOnce * WORTH_A_WAIT_RATIO) {
      return { tuple: later, atAgeSeconds: wanted };
    }
  }
  return now === undefined ? null : { tuple: now, atAgeSeconds: now.ageSeconds };
}

/**
 * Of those in the bracket, the one whose age comes nearest to what is wanted.
 * 79.9 s wanted, between 0 and 100 s: of 70.9 and 60.9 s the former.
 */
function nearestTrial(
  { low, high }: Bracket,
  wanted: number,
  among: readonly Planted[],
): Trial | null {
  const off = (one: Planted) => Math.abs(one.ageSeconds - wanted);
  const [tuple] = among
    .filter((one) => one.ageSeconds > low && one.ageSeconds < high - 0.2)
    .toSorted((a, b) => off(a) - off(b));
  return tuple === undefined ? null : { tuple, atAgeSeconds: tuple.ageSeconds };
}

/**
 * The bracket as far as refusals tell, also those of a tuple that was retried; and the highest age at which
 * one left alone was refused.
 * Refused at 290 s, one left alone at 250 s, 250 at 310 s -> 290 to 310, 250 proved.
 */
function opening(view: PlanView): (Bracket & { readonly proved: number }) | null {
  const { opens, refusals, refusedUntil, earlyRetryHarms } = view.assessment.inference;
  const { bySeconds } = opens;
  if (bySeconds === null) return null;
  const proved = refusals[0] ?? 0;
  const shown = earlyRetryHarms === true ? 0 : (refusedUntil ?? 0);
  return { low: Math.max(proved, shown), proved, high: bySeconds };
}
