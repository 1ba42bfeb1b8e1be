import type { DeferralClass } from '../greylist/hypothesis.js';
import type { PinnedHost } from '../model/mail-host.js';
import type { Stamp } from '../model/time.js';
import type { Tuple } from '../model/tuple.js';
import { elapsedSeconds } from '../window/elapsed.js';
import { type Assessment, assess, looksOther, readWords } from './assess.js';
import { endedItsProcess, wasBrokenOff } from './broken-off.js';
import { PROOF_CHANCE } from './chance.js';
import type { FinishReason } from './events.js';
import { nextCandidate } from './hosts.js';
import { isVariant, otherHelo, variantsOf } from './key.js';
import { mayHaveBeenSeen, type SeenAttempt, sameHost } from './observations.js';
import {
  type Decision,
  KEY_PARTS,
  type KeyPart,
  type PlannedSession,
  type PlannedTransaction,
  type Step,
} from './plan.js';
import { stepAges } from './priors.js';
import { sendersLeft } from './senders.js';
import type { Attempt, RunState, TupleHistory } from './state.js';

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

/**
 * Connections after the first pass that narrow and prove; each holds a bisection. After DATA an
 * acceptance ends the session, so that each holds one trial only.
 */
const VERIFY_SESSIONS = { rcpt: 4, data: 5, message: 5 } as const;
/** How long the proof may wait for tuples to grow old enough. */
const LONGEST_PROOF_WAIT_SECONDS = 4;
const LONGEST_PROOF_WAIT_RATIO = 0.05;
/** Tuples to plant at the start when the first retry is some time away. */
const EARLY_PLANTS = 8;
const TIME_TO_PLANT_SECONDS = 3;
/** Connections in a row without any reply after which the host counts as gone. */
const GIVE_UP_AFTER_FAILURES = 3;
/** Wait before a connection that failed is tried again. */
const AFTER_FAILURE_SECONDS = 10;
/** Below this age a retry of the first tuple says as much as a tuple that was left alone. */
const LEFT_ALONE_FROM_SECONDS = 18;
/** Spare tuples to plant beyond those that the steps ahead will use. */
const SPARE_PLANTS = 10;
/** The oldest tuples are kept for the proof after the pass; the steps use younger ones. */
const PROOF_RESERVE = 6;
/** Deferrals that pass by themselves within about a minute. */
const CLEAR_SOON: ReadonlySet<DeferralClass> = new Set(['postscreen', 'address-verification']);
const CLEAR_SOON_SECONDS = 65;
/** Room for clock grain when a tuple is to be tried above an age. */
const GRAIN_SECONDS = 1.2;

export const PURPOSES = {
  begin: 'first contact',
  plant: 'plant senders',
  climb: 'retry',
  verify: 'narrow and prove',
  'other-client': 'second client address',
  key: 'part of the key',
  age: 'later age',
} as const;

/** What to do next: connect, at once or later, or finish. */
export function decide(state: RunState, now: Stamp): Decision {
  const stop = reasonToStop(state);
  if (stop !== null) return finish(stop);
  if (state.pinned === null) return begin(state);
  const view = viewOf(state, now);
  const { first, pass } = view.assessment;
  if (first === null) return afterSilence(view);
  if (isRejected(view)) return finish('rejected');
  if (first.end.outcome === 'accepted') return finish('answered');
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
  if (done.length >= state.request.manners.transactionsPerSession) return null;
  if (last?.end?.outcome === 'rejected' || last?.end?.outcome === 'failed') return null;
  const view = viewOf(state, now);
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

/** A state with what the planner reads off it again and again. */
interface View {
  readonly state: RunState;
  readonly now: Stamp;
  readonly assessment: Assessment;
  /** Tuples of the pinned host with an answered first attempt, oldest first. */
  readonly planted: readonly Planted[];
}

interface Planted {
  readonly history: TupleHistory;
  readonly firstReplied: Stamp;
  /** Lowest age that it can have now. */
  readonly ageSeconds: number;
  /** Tried once, and deferred: it proves its age whenever it is tried next. */
  readonly leftAlone: boolean;
  /**
   * The session in which it was planted is over. Some servers refuse a tuple in that session whatever
   * its age.
   */
  readonly settled: boolean;
  readonly passed: boolean;
}

function viewOf(state: RunState, now: Stamp): View {
  const lastSession = state.sessions.at(-1);
  const openSession = lastSession?.ended === null ? lastSession.n : null;
  const planted = [...state.histories.values()].flatMap((history) => {
    const first = history.attempts.find((one) => one.end !== null && one.end.reply !== null)?.end;
    if (state.pinned === null || !sameHost(history.host, state.pinned)) return [];
    if (isVariant(state, history.tuple)) return [];
    if (first === undefined || first === null) return [];
    const passed = history.attempts.some((attempt) => attempt.end?.outcome === 'accepted');
    return [
      {
        history,
        firstReplied: first.replied,
        ageSeconds: elapsedSeconds(first.replied, now).low,
        leftAlone: history.attempts.length === 1 && first.outcome === 'deferred',
        settled: history.attempts[0]?.session !== openSession,
        passed,
      },
    ];
  });
  return { state, now, assessment: assess(state), planted };
}

function finish(reason: FinishReason): Decision {
  return { kind: 'finish', reason };
}

function connect(
  view: { readonly state: RunState },
  step: Step,
  host: PinnedHost,
  due: PlannedSession['due'],
): PlannedSession {
  const { sourceAddresses, helo } = view.state.request;
  const changed = step.kind === 'key' ? step.part : null;
  const otherClient = step.kind === 'other-client' || changed === 'client';
  return {
    kind: 'session',
    step,
    host,
    sourceAddress: sourceAddresses[otherClient ? 1 : 0] ?? null,
    helo: changed === 'helo' ? otherHelo(helo) : helo,
    due,
    purpose: PURPOSES[step.kind],
  };
}

// Stopping

/** Limits and signs that end a run whatever the plan. */
function reasonToStop(state: RunState): FinishReason | null {
  if (state.hostsFailed !== null) {
    return state.hostsFailed.kind === 'no-mail-service' ? 'no-mail-service' : 'unreachable';
  }
  const last = state.attempts.at(-1);
  if (last !== undefined && askedToStop(last)) return 'throttled';
  if (state.pinned !== null && failuresInARow(state) >= GIVE_UP_AFTER_FAILURES) {
    return 'unreachable';
  }
  return null;
}

/** 421 closes the connection (RFC 5321 §3.8), and some texts say that there were too many. */
function askedToStop(attempt: Attempt): boolean {
  const { end } = attempt;
  if (end === null || end.reply === null || end.outcome !== 'deferred') return false;
  const [top] = readWords({ end });
  if (top?.class === 'too-many-connections' && top.confidence === 'likely') return true;
  return end.reply.code === 421 && top?.class !== 'greylisting';
}

function failuresInARow(state: RunState): number {
  let failures = 0;
  for (const session of state.sessions.toReversed()) {
    if (wasBrokenOff(state, session)) continue;
    const answered = state.attempts.some((one) => one.session === session.n && one.end?.reply);
    if (answered || session.facts !== null) break;
    failures += 1;
  }
  return failures;
}

function isRejected(view: View): boolean {
  return view.assessment.seen.some((one) => one.end.outcome === 'rejected');
}

// Beginning

function begin(state: RunState): Decision {
  const host = nextCandidate(state);
  if (host === null) return finish('unreachable');
  return connect({ state }, { kind: 'begin' }, host, null);
}

/** The host answered once, but not to a transaction. */
function afterSilence(view: View): Decision {
  const { pinned } = view.state;
  if (pinned === null) return begin(view.state);
  return connect(view, { kind: 'begin' }, pinned, retryAfterFailure(view.state));
}

function beginTransaction(view: View, done: readonly Attempt[]): PlannedTransaction | null {
  const last = done.at(-1);
  if (last === undefined) return { tuple: firstTuple(view), role: 'first' };
  if (last.end?.outcome !== 'deferred' || askedToStop(last)) return null;
  const { first } = view.assessment;
  if (first !== null && looksOther(first) && done.length > 1) return null;
  return canPlant(view) ? { tuple: 'fresh', role: 'control' } : null;
}

/**
 * A sender that no host has met, or a fresh one; where there is none left, the one whose first attempt
 * has no known end.
 */
function firstTuple(view: View): PlannedTransaction['tuple'] {
  const { state } = view;
  const known = state.attempts[0]?.tuple;
  const spent = known !== undefined && sendersRemaining(view) === 0;
  return unreached(state) ?? (spent ? known : 'fresh');
}

/** A tuple that no host can have met yet: with few senders it must not be wasted. */
function unreached(state: RunState): Attempt['tuple'] | null {
  const first = state.attempts[0];
  if (first === undefined) return null;
  const met = state.attempts.some(
    (one) => one.tuple.id === first.tuple.id && (one.end?.reply || mayHaveBeenSeen(one.end)),
  );
  return met ? null : first.tuple;
}

// Climbing to the first pass

function climb(view: View): Decision {
  const { state, assessment } = view;
  const main = mainTuple(view);
  if (main === null) return afterSilence(view);
  const next = nextStep(view, main);
  if (next === null) return finish('waited-long-enough');
  if (assessment.first !== null && !isWorthAStep(view, assessment.first, next)) {
    return finish('answered');
  }
  if (wantsEarlyPlants(view, main, next)) {
    return connect(view, { kind: 'plant' }, main.history.host, null);
  }
  const due = onlyControlPassed(view)
    ? null
    : (retryAfterFailure(state) ?? { since: main.firstReplied, delaySeconds: next });
  return connect(view, { kind: 'climb' }, main.history.host, due);
}

/** Before a first retry that is some time away, more tuples of nearly its age can be planted. */
function wantsEarlyPlants(view: View, main: Planted, nextAgeSeconds: number): boolean {
  const { state, planted } = view;
  if (state.sessions.some((one) => one.purpose === PURPOSES.plant)) return false;
  const alone = planted.filter((one) => one.leftAlone && one !== main).length;
  return (
    main.history.attempts.length === 1 &&
    nextAgeSeconds - main.ageSeconds > TIME_TO_PLANT_SECONDS &&
    alone < EARLY_PLANTS &&
    canPlant(view) &&
    controlsTellMore(view)
  );
}

/**
 * What is not greylisting by its words is not waited for, unless the user gave the ages, or it is
 * known to clear within a minute, which a few steps show.
 */
function isWorthAStep(view: View, first: SeenAttempt, ageSeconds: number): boolean {
  if (view.state.request.retryAtSeconds !== null || !looksOther(first)) return true;
  const clearsSoon = CLEAR_SOON.has(view.assessment.hypotheses[0]?.class ?? 'unknown');
  return clearsSoon && ageSeconds <= CLEAR_SOON_SECONDS;
}

/** The last connection ended with an accepted control, so that the retry was not made. */
function onlyControlPassed(view: View): boolean {
  const last = view.state.attempts.at(-1);
  return last?.role === 'control' && last.end?.outcome === 'accepted';
}

/** The tuple that began the measurement and is retried at each step. */
function mainTuple(view: View): Planted | null {
  const first = view.assessment.first;
  return view.planted.find((one) => one.history.tuple.id === first?.attempt.tuple.id) ?? null;
}

function stepsOf(view: View): readonly number[] {
  const deferral = view.assessment.seen.find((one) => one.end.outcome === 'deferred') ?? null;
  return stepAges(view.state.request, deferral, view.assessment.hypotheses);
}

/** The latest step that is overdue, else the next that is not, else null. */
function nextStep(view: View, main: Planted): number | null {
  const steps = stepsOf(view);
  const tried = triedUntil(view, main);
  const open = steps.filter((age) => age > tried);
  const overdue = open.filter((age) => age <= main.ageSeconds);
  return overdue.at(-1) ?? open[0] ?? null;
}

/**
 * Age of the main tuple at the last connection. Where a process ended in one before the tuple was
 * answered, that one does not count.
 */
function triedUntil(view: View, main: Planted): number {
  const { state } = view;
  const last = state.sessions.findLast(
    (session) =>
      !endedItsProcess(state, session) ||
      main.history.attempts.some((one) => one.session === session.n && one.end?.reply),
  );
  if (last === undefined) return 0;
  const isFirst = last.n === main.history.attempts[0]?.session;
  return isFirst ? 0 : elapsedSeconds(main.firstReplied, last.started).high;
}

function retryAfterFailure(state: RunState): PlannedSession['due'] {
  const last = state.sessions.at(-1);
  if (last === undefined || failuresInARow(state) === 0) return null;
  return { since: last.ended ?? last.started, delaySeconds: AFTER_FAILURE_SECONDS };
}

function plantTransaction(view: View, done: readonly Attempt[]): PlannedTransaction | null {
  const { outcome } = done.at(-1)?.end ?? {};
  if (outcome === 'accepted' || !canPlant(view)) return null;
  return { tuple: 'fresh', role: 'control' };
}

function climbTransaction(view: View, done: readonly Attempt[]): PlannedTransaction | null {
  const main = mainTuple(view);
  if (main === null) return null;
  const passedNow = done.some((one) => one.role !== 'control' && one.end?.outcome === 'accepted');
  if (done.length === 0 && controlsTellMore(view)) {
    const control = controlTuple(view);
    if (control !== null) return { tuple: control, role: 'control' };
  }
  if (!done.some((one) => one.tuple.id === main.history.tuple.id)) {
    return { tuple: main.history.tuple, role: 'retry' };
  }
  if (!done.some((one) => one.role === 'confirm')) {
    const leftAlone = oldestLeftAlone(view, main);
    if (leftAlone !== null) return { tuple: leftAlone.history.tuple, role: 'confirm' };
  }
  if (passedNow) return lastOfPass(view, done);
  return plantsWanted(view) > 0 && canPlant(view) ? { tuple: 'fresh', role: 'control' } : null;
}

/** After a pass: one bisection where there is room for it, then a control that tells who was let in. */
function lastOfPass(view: View, done: readonly Attempt[]): PlannedTransaction | null {
  if (sendersRemaining(view) === 0 || done.at(-1)?.role === 'control') return null;
  const room = view.state.request.manners.transactionsPerSession - done.length;
  const candidate = room > 1 ? verificationTuple(view) : null;
  return candidate === null
    ? { tuple: 'fresh', role: 'control' }
    : { tuple: candidate.history.tuple, role: 'confirm' };
}

/**
 * A host that answers before MAIL ends the session: only one tuple can be shown to it. And where a
 * control has passed already, another one tells nothing new.
 */
function controlsTellMore(view: View): boolean {
  const { first, seen } = view.assessment;
  const stage = first?.end.stage;
  if (stage === 'connect' || stage === 'helo' || stage === 'starttls') return false;
  if (first?.end.reply?.code === 421) return false;
  return !seen.some((one) => one.fresh && one.end.outcome === 'accepted');
}

/** A fresh sender, or the youngest planted tuple that is still below the opening. */
function controlTuple(view: View): PlannedTransaction['tuple'] | null {
  if (sendersRemaining(view) > 0) return 'fresh';
  const main = mainTuple(view);
  const refusedUntil = view.assessment.inference.opens.afterSeconds ?? 0;
  const youngest = view.planted.findLast(
    (one) => !one.passed && one !== main && one.ageSeconds < refusedUntil,
  );
  return youngest?.history.tuple ?? null;
}

function oldestLeftAlone(view: View, main: Planted): Planted | null {
  if (main.ageSeconds < LEFT_ALONE_FROM_SECONDS) return null;
  const spare = view.planted.filter((one) => one.leftAlone && one.settled && one !== main);
  const keep = reserved(view) + PROOF_RESERVE;
  return spare.length > keep ? (spare[keep] ?? null) : null;
}

/** Tuples to keep for ages that the user asked for beyond the pass. */
function reserved(view: View): number {
  const main = mainTuple(view);
  const { retryAtSeconds, closingAgesSeconds } = view.state.request;
  const later = (retryAtSeconds ?? []).filter((age) => age > (main?.ageSeconds ?? 0)).length;
  return later + closingAgesSeconds.length;
}

function plantsWanted(view: View): number {
  const main = mainTuple(view);
  if (main === null) return 0;
  const ahead = stepsOf(view).filter((age) => age > main.ageSeconds).length;
  const wanted = Math.min(ahead, 24) + reserved(view) + SPARE_PLANTS;
  return wanted - view.planted.filter((one) => one.leftAlone && one !== main).length;
}

/** Senders for the controls of all steps ahead come first. */
function canPlant(view: View): boolean {
  const main = mainTuple(view);
  const ahead = stepsOf(view).filter((age) => age > (main?.ageSeconds ?? 0)).length;
  return sendersRemaining(view) > ahead;
}

function sendersRemaining(view: View): number {
  return sendersLeft(view.state.request.senders, sendersUsed(view.state));
}

/** Senders that the run has used so far. */
export function sendersUsed(state: RunState): number {
  return new Set(state.attempts.map((one) => one.tuple.sender)).size;
}

// After the first pass

function afterPass(view: View): Decision {
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

/** When to verify (null: at once), or undefined when there is nothing left to verify. */
function dueVerification(view: View): PlannedSession['due'] | undefined {
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

function verifyTransaction(view: View, done: readonly Attempt[]): PlannedTransaction | null {
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
function verificationTuple(view: View): Planted | null {
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

/** Tuples left alone that no later age needs; those keep the oldest. */
function spareLeftAlone(view: View): readonly Planted[] {
  const leftAlone = view.planted.filter((one) => one.leftAlone && one.settled);
  return leftAlone.slice(Math.min(laterAges(view).length, leftAlone.length));
}

/** The next part of the tuple to change, with a tuple that is old enough to pass unchanged. */
function nextKeyPart(view: View): { readonly part: KeyPart; readonly base: Tuple } | null {
  const { state, assessment } = view;
  const { bySeconds } = assessment.inference.opens;
  if (!state.request.key || assessment.contrast === null || bySeconds === null) return null;
  if (sendersRemaining(view) === 0) return null;
  const tried = new Set(variantsOf(state).map((one) => one.part));
  const part = KEY_PARTS.find((one) => !tried.has(one) && canChange(state, one));
  const base = spareLeftAlone(view).find((one) => one.ageSeconds >= bySeconds + GRAIN_SECONDS);
  return part === undefined || base === undefined ? null : { part, base: base.history.tuple };
}

function canChange({ request }: RunState, part: KeyPart): boolean {
  switch (part) {
    case 'helo':
      return true;
    case 'recipient':
      return request.otherRecipient !== null;
    case 'client':
      return request.sourceAddresses.length > 1;
  }
}

function keyTransaction(
  view: View,
  done: readonly Attempt[],
  { part, base }: Extract<Step, { kind: 'key' }>,
): PlannedTransaction | null {
  if (done.length === 0) return { tuple: 'fresh', role: 'control' };
  if (done.length > 1 || view.assessment.clientLetIn) return null;
  return { tuple: { of: base, part }, role: 'confirm' };
}

function ageTransaction(
  view: View,
  done: readonly Attempt[],
  tuple: Attempt['tuple'],
): PlannedTransaction | null {
  if (done.some((one) => one.tuple.id === tuple.id)) return null;
  if (done.length === 0 && sendersRemaining(view) > 0) return { tuple: 'fresh', role: 'control' };
  return { tuple, role: 'confirm' };
}

/** Ages beyond the pass that were asked for and not reached yet, ascending. */
function laterAges(view: View): readonly number[] {
  const { request } = view.state;
  const reached = view.assessment.seen.reduce((oldest, one) => Math.max(oldest, one.age.low), 0);
  const closed = view.assessment.inference.closes.bySeconds;
  if (closed !== null) return [];
  return [...(request.retryAtSeconds ?? []), ...request.closingAgesSeconds]
    .filter((age) => age > reached)
    .sort((a, b) => a - b);
}

function nextLaterAge(view: View): { readonly age: number; readonly tuple: Planted } | null {
  const age = laterAges(view)[0];
  const tuple =
    view.planted.find((one) => one.leftAlone && (age ?? 0) >= one.ageSeconds) ??
    view.planted.find((one) => one.leftAlone);
  return age === undefined || tuple === undefined ? null : { age, tuple };
}
