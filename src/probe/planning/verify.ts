import { PROOF_CHANCE } from '../chance.js';
import type { PlannedSession, PlannedTransaction } from '../plan.js';
import type { Attempt } from '../state.js';
import { PURPOSES } from './purposes.js';
import { retryAfterFailure } from './stopping.js';
import {
  GRAIN_SECONDS,
  type Planted,
  sendersRemaining,
  spareLeftAlone,
  type View,
} from './view.js';

/**
 * Connections after the first pass that narrow and prove; each holds a bisection. After DATA an
 * acceptance ends the session, so that each holds one trial only.
 */
const VERIFY_SESSIONS = { rcpt: 4, data: 5, message: 5 } as const;

/** How long the proof may wait for tuples to grow old enough. */
const LONGEST_PROOF_WAIT_SECONDS = 4;

const LONGEST_PROOF_WAIT_RATIO = 0.05;

/** When to verify (null: at once), or undefined when there is nothing left to verify. */
export function dueVerification(view: View): PlannedSession['due'] | undefined {
  const { state, assessment } = view;
  const done = state.sessions.filter((one) => one.purpose === PURPOSES.verify);
  if (done.length >= VERIFY_SESSIONS[state.request.stage]) return undefined;
  const failed = retryAfterFailure(state);
  if (assessment.clientLetIn) return provesMore(view) ? failed : undefined;
  if (!controlledSincePass(view) && sendersRemaining(view) > 0) return failed;
  if (verificationTuple(view) !== null) return failed;
  const opensBy = assessment.inference.opens.bySeconds;
  if (opensBy === null || !wantsMoreProof(view)) return undefined;
  const longest = Math.max(LONGEST_PROOF_WAIT_SECONDS, opensBy * LONGEST_PROOF_WAIT_RATIO);
  const next = spareLeftAlone(view).find((one) => one.ageSeconds < opensBy + GRAIN_SECONDS);
  if (next === undefined || opensBy + GRAIN_SECONDS - next.ageSeconds > longest) return undefined;
  return { since: next.firstReplied, delaySeconds: opensBy + GRAIN_SECONDS };
}

/** Chance could still explain the pattern, or no tuple that was left alone has passed. */
function wantsMoreProof({ assessment }: View): boolean {
  const leftAlonePassed = assessment.seen.some(
    (one) => one.aged?.accepted === true && one.aged.previousAge === null,
  );
  return !leftAlonePassed || assessment.chance > PROOF_CHANCE;
}

/** A client that was let in passes from now on: a few more passes rule chance out. */
function provesMore(view: View): boolean {
  const { chance, contrast } = view.assessment;
  return contrast !== null && chance > PROOF_CHANCE && spareLeftAlone(view).length > 0;
}

function anyLeftAlone(view: View): PlannedTransaction | null {
  const oldest = spareLeftAlone(view)[0];
  return oldest === undefined ? null : { tuple: oldest.history.tuple, role: 'confirm' };
}

function controlledSincePass(view: View): boolean {
  const passed = view.assessment.pass?.attempt.n ?? Number.POSITIVE_INFINITY;
  return view.assessment.seen.some((one) => one.fresh && one.attempt.n > passed);
}

/** Trials of tuples left alone, then a control that tells whether they were let in as a client. */
export function verifyTransaction(view: View, done: readonly Attempt[]): PlannedTransaction | null {
  const { assessment, state } = view;
  const fresh = sendersRemaining(view) > 0;
  if (assessment.clientLetIn) return provesMore(view) ? anyLeftAlone(view) : null;
  if (!controlledSincePass(view) && fresh) return { tuple: 'fresh', role: 'control' };
  const room = state.request.manners.transactionsPerSession - done.length;
  const candidate = room > 1 || !fresh ? verificationTuple(view) : null;
  if (candidate !== null) return { tuple: candidate.history.tuple, role: 'confirm' };
  const tried = done.some((one) => one.role === 'confirm');
  return tried && done.at(-1)?.role === 'confirm' && fresh
    ? { tuple: 'fresh', role: 'control' }
    : null;
}

/**
 * The tuple left alone whose trial tells most: the one nearest the middle of the opening bracket;
 * else, while chance could still explain the pattern or none left alone has passed, one that is
 * old enough to pass.
 */
export function verificationTuple(view: View): Planted | null {
  const { inference } = view.assessment;
  const spare = spareLeftAlone(view);
  const { afterSeconds, bySeconds } = inference.opens;
  if (bySeconds === null) return null;
  const low = afterSeconds ?? 0;
  if (bySeconds - low > view.state.request.resolutionSeconds) {
    const middle = (low + bySeconds) / 2;
    const inside = spare.filter((one) => one.ageSeconds > low && one.ageSeconds < bySeconds - 0.2);
    const best = inside.toSorted(
      (a, b) => Math.abs(a.ageSeconds - middle) - Math.abs(b.ageSeconds - middle),
    )[0];
    if (best !== undefined) return best;
  }
  if (!wantsMoreProof(view)) return null;
  return spare.findLast((one) => one.ageSeconds >= bySeconds) ?? null;
}
