import type { SeenAttempt } from '../evidence/observations.js';
import { looksOther } from '../evidence/words.js';
import type { DeferralClass } from '../greylist/hypothesis.js';
import { endedItsProcess } from '../run/broken-off.js';
import type { Attempt, SessionRecord } from '../run/state.js';
import { mostElapsed } from '../window/elapsed.js';
import { afterSilence } from './begin.js';
import { connect, finish } from './connect.js';
import { hearsOnlyFirst } from './hang-up.js';
import {
  dueAt,
  lastStep,
  mainTuple,
  othersLeftAlone,
  type Planted,
  type PlanView,
  reserved,
  sendersRemaining,
  stepsOf,
} from './plan-view.js';
import { canPlant, controlsTellMore, plantsWanted, wantsEarlyPlants } from './planting.js';
import { plantedBeside } from './prove-edge.js';
import { PURPOSES } from './purposes.js';
import type { Decision, PlannedTransaction } from './step.js';
import { retryAfterFailure } from './stopping.js';
import { verificationTuple } from './verify.js';

/** Below this age a retry of the first tuple says as much as a tuple that was left alone. */
const LEFT_ALONE_FROM_SECONDS = 18;

/** Above this age one is tried at every second step, and at the last: the others are kept for the proof. */
const EACH_STEP_UNTIL_SECONDS = 55;

/** So many, at least, are kept for after the pass. */
const FEW_LEFT_ALONE = 6;

/** Deferrals that pass by themselves within about a minute. */
const CLEAR_SOON: ReadonlySet<DeferralClass> = new Set(['postscreen', 'address-verification']);

const CLEAR_SOON_SECONDS = 65;

/** The next step towards the first pass. */
export function climb(view: PlanView): Decision {
  const { state, assessment } = view;
  const main = mainTuple(view);
  if (main === null) return afterSilence(view);
  const next = nextStep(view, main);
  if (next === null) return finish('waited-long-enough');
  if (assessment.deferral !== null && !isWorthAStep(view, assessment.deferral, next)) {
    return finish('answered');
  }
  if (wantsEarlyPlants(view, main, next)) {
    return connect(view, { kind: 'plant' }, main.history.host, retryAfterFailure(view.state));
  }
  const due = onlyControlPassed(view)
    ? null
    : (retryAfterFailure(state) ?? dueAt(view, main, next));
  return connect(view, { kind: 'climb' }, main.history.host, due);
}

/**
 * What is not greylisting by its words is not waited for, unless the user gave the ages, or it is
 * known to clear within a minute, which a few steps show.
 */
function isWorthAStep(view: PlanView, deferral: SeenAttempt, ageSeconds: number): boolean {
  if (view.state.request.retryAtSeconds !== null || !looksOther(deferral)) return true;
  if (view.state.request.screen === true) return false;
  const clearsSoon = CLEAR_SOON.has(view.assessment.hypotheses[0]?.class ?? 'unknown');
  return clearsSoon && ageSeconds <= CLEAR_SOON_SECONDS;
}

/**
 * The last step ended with an accepted control, so that the retry was not made. Once: a host whose every
 * control passes would be asked again and again.
 */
function onlyControlPassed({ state }: PlanView): boolean {
  const [last, before] = state.sessions.slice(-2).toReversed();
  const isSo = ({ n, purpose }: SessionRecord) => {
    const tried = state.attempts.filter((one) => one.session === n);
    return (
      purpose === PURPOSES.climb &&
      tried.at(-1)?.end?.outcome === 'accepted' &&
      tried.every(({ role }) => role === 'control')
    );
  };
  return last !== undefined && isSo(last) && !(before !== undefined && isSo(before));
}

/** A connection made just when its step was due must not count as made before it. */
const ROUNDING_SECONDS = 0.001;

/**
 * The latest step that is overdue, else the next that is not, else null.
 * Steps at 60, 150 and 310 s, tried until 60 s: at the age of 100 s -> 150, at 320 s -> 310.
 */
function nextStep(view: PlanView, main: Planted): number | null {
  const steps = stepsOf(view);
  const tried = triedUntil(view, main);
  const open = steps.filter((age) => age > tried + ROUNDING_SECONDS);
  const overdue = open.filter((age) => age <= main.ageSeconds);
  return overdue.at(-1) ?? open[0] ?? null;
}

/**
 * Age of the main tuple when it was tried in the last connection, or was to be. Where a process ended in
 * one before the tuple was answered, that one does not count.
 * Connections at 60 s and 150 s, the second killed before its retry was answered -> 60.
 */
function triedUntil(view: PlanView, main: Planted): number {
  const { state } = view;
  const last = state.sessions.findLast(
    (session) =>
      !endedItsProcess(state, session) ||
      main.history.attempts.some((one) => one.session === session.n && one.end?.reply),
  );
  if (last === undefined) return 0;
  const isFirst = last.n === main.history.attempts[0]?.session;
  if (isFirst) return 0;
  const tried = main.history.attempts.find((one) => one.session === last.n)?.end?.sent;
  return tried === undefined
    ? mostElapsed(main.firstReplied, last.started) + view.leadSeconds
    : mostElapsed(main.firstReplied, tried);
}

/**
 * Control, retried tuple, one left alone, then fresh ones; after a pass a bisection and a control. With
 * a host that hangs up after a deferral the retried tuple goes first, or it would never be heard.
 */
export function climbTransaction(
  view: PlanView,
  done: readonly Attempt[],
): PlannedTransaction | null {
  const main = mainTuple(view);
  if (main === null) return null;
  const passedNow = done.some((one) => one.role !== 'control' && one.end?.outcome === 'accepted');
  if (done.length === 0 && controlsTellMore(view) && !hearsOnlyFirst(view.state)) {
    const control = controlTuple(view);
    if (control !== null) return { tuple: control, role: 'control' };
  }
  if (!done.some((one) => one.tuple.id === main.history.tuple.id)) {
    return { tuple: main.history.tuple, role: 'retry' };
  }
  if (!done.some((one) => one.role === 'confirm')) {
    const trial = passedNow && sendersRemaining(view) > 0 ? verificationTuple(view) : null;
    const leftAlone = trial ?? oldestLeftAlone(view, main);
    if (leftAlone !== null) return { tuple: leftAlone.history.tuple, role: 'confirm' };
  }
  if (passedNow) return lastOfPass(view, done);
  return plantsWanted(view) > 0 && canPlant(view) ? { tuple: 'fresh', role: 'control' } : null;
}

/** After a pass: one bisection where there is room for it, then a control that tells who was let in. */
function lastOfPass(view: PlanView, done: readonly Attempt[]): PlannedTransaction | null {
  if (sendersRemaining(view) === 0 || done.at(-1)?.role === 'control') return null;
  const room = view.state.request.manners.transactionsPerSession - done.length;
  const candidate = room > 1 ? verificationTuple(view) : null;
  return candidate === null
    ? { tuple: 'fresh', role: 'control' }
    : { tuple: candidate.history.tuple, role: 'confirm' };
}

/**
 * A fresh sender, or the youngest planted tuple that is still below the opening.
 * `no fresh one left, 4xx until 59.9 s; b 20 s old, c 10 s old -> c; b and c 70 s old -> none`
 */
function controlTuple(view: PlanView): PlannedTransaction['tuple'] | null {
  if (sendersRemaining(view) > 0) return 'fresh';
  const refusedUntil = view.assessment.inference.refusedUntil ?? 0;
  const youngest = view.planted.findLast((one) => !one.passed && one.ageSeconds < refusedUntil);
  return youngest?.history.tuple ?? null;
}

/**
 * One that was left alone, to be tried beside the retried one. Of a planting two are kept: the one that a
 * bisection tries, and the one that proves its refusal.
 * `b, c, d planted together -> b; b and c -> none; seven, each planted alone -> the youngest`
 */
function oldestLeftAlone(view: PlanView, main: Planted): Planted | null {
  if (main.ageSeconds < LEFT_ALONE_FROM_SECONDS) return null;
  const isLast = main.ageSeconds >= lastStep(view);
  const isSkipped = main.ageSeconds > EACH_STEP_UNTIL_SECONDS && !isLast;
  if (isSkipped && view.state.sessions.length % 2 === 1) return null;
  const spare = othersLeftAlone(view).filter((one) => one.settled);
  const free = spare.slice(reserved(view));
  const twin = free.find((one) => plantedBeside(one, spare) > 2);
  return twin ?? (free.length > FEW_LEFT_ALONE ? (free.at(-1) ?? null) : null);
}
