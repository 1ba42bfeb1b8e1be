import { readBanner } from '../greylist/banner.js';
import { type Judgement, type Observation, weigh } from '../greylist/behaviour.js';
import { classify } from '../greylist/classify.js';
import { parseHint } from '../greylist/hints.js';
import type { Hypothesis } from '../greylist/hypothesis.js';
import { saySame } from '../greylist/same-words.js';
import type { Reply } from '../model/smtp.js';
import type { Edge } from '../model/time.js';
import { enclose, forWholeSecondClocks, type Inference, inferWindow } from '../window/infer.js';
import { chanceOfPattern, PROOF_CHANCE } from './chance.js';
import {
  firstPass,
  freshAcceptedAfter,
  freshDeferredAfter,
  lostAttempts,
  pooledObservations,
  type SeenAttempt,
  seenAttempts,
  windowObservations,
} from './observations.js';
import { timersFor } from './priors.js';
import { sendersLeft } from './senders.js';
import type { RunState } from './state.js';

/** A younger tuple deferred and an older one accepted in one session. */
export interface Contrast {
  readonly deferred: SeenAttempt;
  readonly accepted: SeenAttempt;
}

/** What a run has shown so far about its pinned host. */
export interface Assessment {
  readonly seen: readonly SeenAttempt[];
  /** First attempt of the run that the host answered. */
  readonly first: SeenAttempt | null;
  /** The first deferral that may be greylisting, else the first of all. */
  readonly deferral: SeenAttempt | null;
  /** Readings of the words of that deferral; empty when nothing was deferred. */
  readonly hypotheses: readonly Hypothesis[];
  readonly judgements: readonly Judgement[];
  readonly observed: ReadonlySet<Observation>;
  readonly inference: Inference;
  readonly pass: SeenAttempt | null;
  readonly contrast: Contrast | null;
  /** A pass let more in than its tuple, so that later acceptances prove nothing. */
  readonly clientLetIn: boolean;
  /** Bound on the probability that random deferrals look like this. */
  readonly chance: number;
}

const NOTHING: Edge = { afterSeconds: null, bySeconds: null };
const NOTHING_INFERRED: Inference = {
  opens: NOTHING,
  closes: NOTHING,
  earlyRetryHarms: null,
  timers: ['from-first'],
};

/** Weighs everything seen of the pinned host. Pure; called anew after each attempt. */
export function assess(state: RunState): Assessment {
  const seen = state.pinned === null ? [] : seenAttempts(state, state.pinned, looksOther);
  const first = seen[0] ?? null;
  const deferrals = seen.filter((one) => one.end.outcome === 'deferred');
  const deferred = deferrals.find((one) => !one.otherCause) ?? deferrals[0] ?? null;
  const hypotheses = deferred === null ? [] : readHost(state, deferred);
  const pass = firstPass(seen);
  const contrast = freshAcceptedBefore(seen, pass) ? findClientContrast(seen) : findContrast(seen);
  const clientLetIn = pass !== null && freshAcceptedAfter(seen, pass);
  const chance = chanceFor(seen, contrast, clientLetIn);
  const observed = observe(seen, pass, contrast);
  const saysGreylisting =
    hypotheses[0]?.class === 'greylisting' && hypotheses[0].confidence === 'likely';
  const inference =
    deferred === null
      ? NOTHING_INFERRED
      : forWholeSecondClocks(inferFrom(state, seen, hypotheses, contrast, clientLetIn));
  const otherClient = contrast !== null && isOtherClient(contrast);
  const proof =
    inference.timers.length > 0 &&
    chance <= PROOF_CHANCE &&
    (!clientLetIn || saysGreylisting || otherClient) &&
    !deferredAfterLettingIn(seen);
  return {
    seen,
    first,
    deferral: deferred,
    hypotheses,
    judgements: deferred === null ? [] : weigh(hypotheses, observed, proof),
    observed,
    inference,
    pass,
    contrast,
    clientLetIn,
    chance,
  };
}

/**
 * The window, with the key left open as far as it is: a contrast shows that the sender is part of
 * it, unless a fresh tuple passes afterwards: then the window may just have opened between two
 * transactions of one session. Without proof, the reported edges enclose both readings.
 */
function inferFrom(
  state: RunState,
  seen: readonly SeenAttempt[],
  hypotheses: readonly Hypothesis[],
  contrast: Contrast | null,
  clientLetIn: boolean,
): Inference {
  const timers = timersFor(hypotheses);
  const tuples = windowObservations(seen, looksOther, controlToCome(state));
  const { retryAtSeconds, closingAgesSeconds } = state.request;
  const mayCloseEarly = retryAtSeconds !== null || closingAgesSeconds.length > 0;
  const byTuple = inferWindow(tuples, timers, { mayCloseEarly });
  const pass = firstPass(seen);
  const keyHasSender = pass !== null && freshDeferredAfter(seen, pass);
  const betweenTuples = contrast !== null && !isOtherClient(contrast);
  if (betweenTuples && (!clientLetIn || keyHasSender)) return byTuple;
  const lost = state.pinned === null ? [] : lostAttempts(state, state.pinned);
  const byClient = inferWindow(pooledObservations(seen, looksOther, lost), timers);
  if (pass === null || !freshAcceptedBefore(seen, pass)) return enclose([byTuple, byClient]);
  // What passed by then had let the client in, so its age shows nothing: only refusals do.
  const refused = inferWindow(
    tuples.filter((one) => !one.accepted),
    timers,
    { mayCloseEarly },
  );
  const { afterSeconds } = enclose([refused, byClient]).opens;
  return { ...byClient, opens: { ...byClient.opens, afterSeconds } };
}

/** The run goes on and has a fresh sender left, with which it will look who was let in. */
function controlToCome({ finished, request, attempts }: RunState): boolean {
  const used = new Set(attempts.map((one) => one.tuple.sender)).size;
  return finished === null && sendersLeft(request.senders, used) > 0;
}

/** A reply's words do not change, and the planner asks for them at each transaction. */
const READ = new WeakMap<Reply, readonly Hypothesis[]>();

/** Readings of a deferral's or rejection's words; empty where there was no reply. */
export function readWords(seen: Pick<SeenAttempt, 'end'>): readonly Hypothesis[] {
  const { reply, stage } = seen.end;
  if (reply === null) return [];
  const known = READ.get(reply);
  if (known !== undefined) return known;
  const hypotheses = classify(reply, stage);
  READ.set(reply, hypotheses);
  return hypotheses;
}

/** What the host says of itself leads what its deferral says. */
function readHost(state: RunState, deferred: SeenAttempt): readonly Hypothesis[] {
  const words = readWords(deferred);
  const facts = state.sessions.find((one) => one.n === deferred.attempt.session)?.facts ?? null;
  const introduced = facts === null ? null : readBanner(facts.banner, facts.greeting);
  return introduced === null ? words : [introduced, ...words];
}

/** The words say something else than greylisting, and nothing else says the same. */
export function looksOther(seen: Pick<SeenAttempt, 'end'>): boolean {
  const [top] = readWords(seen);
  return top !== undefined && top.confidence === 'likely' && top.class !== 'greylisting';
}

function observe(
  seen: readonly SeenAttempt[],
  pass: SeenAttempt | null,
  contrast: Contrast | null,
): ReadonlySet<Observation> {
  const observed = new Set<Observation>();
  const freshPassed = seen.some((one) => one.fresh && one.end.outcome === 'accepted');
  if (contrast !== null) observed.add(isOtherClient(contrast) ? 'client-contrast' : 'contrast');
  if (pass !== null) observed.add('passed-with-age');
  if (freshPassed && contrast === null) observed.add('fresh-passed-too');
  if (pass === null && !freshPassed) {
    if (distinctSenders(seen) > 1) observed.add('same-for-other-senders');
    if (oldestAge(seen) >= UNCHANGED_AFTER_SECONDS) observed.add('unchanged');
    if (isSameThroughout(seen)) observed.add('same-throughout');
  }
  return observed;
}

/** Every sender got the same words, and a try that was late enough for every known list did too. */
function isSameThroughout(seen: readonly SeenAttempt[]): boolean {
  const late = seen.filter((one) => one.age.low >= UNCHANGED_AFTER_SECONDS);
  if (!late.some((one) => isWellApart(one, seen)) || distinctSenders(seen) < 2) return false;
  const [first, ...others] = seen.flatMap(({ end }) => (end.reply === null ? [] : [end.reply]));
  return (
    first !== undefined &&
    // A stated wait that counts down would be a change, and one that stands still a greylister's.
    parseHint(first) === null &&
    others.every((other) => saySame(first, other))
  );
}

/** The sender was left alone before: some lists start the wait anew at each early try. */
function isWellApart(late: SeenAttempt, seen: readonly SeenAttempt[]): boolean {
  return seen.every(
    (other) =>
      other.attempt.tuple.sender !== late.attempt.tuple.sender ||
      other.attempt.n >= late.attempt.n ||
      late.age.low - other.age.low >= RESTARTS_WITHIN_SECONDS,
  );
}

/** Lists that start the wait anew ship with five minutes; with as much of slack. */
const RESTARTS_WITHIN_SECONDS = 600;
/** Longest shipped default known is one hour; with some slack. */
const UNCHANGED_AFTER_SECONDS = 3660;

function oldestAge(seen: readonly SeenAttempt[]): number {
  return seen.reduce((oldest, one) => Math.max(oldest, one.age.low), 0);
}

function distinctSenders(seen: readonly SeenAttempt[]): number {
  return new Set(
    seen.filter((one) => one.end.outcome === 'deferred').map((one) => one.attempt.tuple.sender),
  ).size;
}

/** A client that was let in was deferred again: no list does that, a fault that comes and goes does. */
function deferredAfterLettingIn(seen: readonly SeenAttempt[]): boolean {
  const letIn = seen.find((one) => one.fresh && one.end.outcome === 'accepted');
  return seen.some(
    (one) =>
      letIn !== undefined &&
      one.attempt.n > letIn.attempt.n &&
      one.attempt.tuple.client === letIn.attempt.tuple.client &&
      one.end.outcome === 'deferred',
  );
}

/** The contrast is between client addresses rather than between tuples of one. */
export function isOtherClient({ deferred, accepted }: Contrast): boolean {
  return deferred.attempt.tuple.client !== accepted.attempt.tuple.client;
}

/**
 * The list is keyed by client address: up to one moment every tuple of the first client was
 * deferred, from then on every one was accepted, and after it one of another client was deferred.
 */
function findClientContrast(seen: readonly SeenAttempt[]): Contrast | null {
  const client = seen[0]?.attempt.tuple.client;
  const own = seen.filter((one) => one.attempt.tuple.client === client);
  const accepted = own.find((one) => one.end.outcome === 'accepted');
  if (accepted === undefined) return null;
  const cleanCut = own.every(
    (one) => (one.end.outcome === 'accepted') === one.attempt.n >= accepted.attempt.n,
  );
  const deferred = seen.find(
    (one) =>
      one.attempt.tuple.client !== client &&
      one.attempt.n > accepted.attempt.n &&
      one.end.outcome === 'deferred' &&
      !one.otherCause &&
      (!looksOther(one) || saysPostscreen(one)),
  );
  return cleanCut && deferred !== undefined ? { deferred, accepted } : null;
}

/** postscreen is a list of client addresses, though no greylister. */
function saysPostscreen(seen: SeenAttempt): boolean {
  return readWords(seen)[0]?.class === 'postscreen';
}

/** A fresh tuple was accepted before any had aged: what passes later may do so by chance as well. */
function freshAcceptedBefore(seen: readonly SeenAttempt[], pass: SeenAttempt | null): boolean {
  return seen.some(
    (one) =>
      one.fresh &&
      one.end.outcome === 'accepted' &&
      (pass === null || one.attempt.n < pass.attempt.n),
  );
}

/** Of two tuples in one session, the one that was deferred was surely younger. */
function isContrast(deferred: SeenAttempt, accepted: SeenAttempt): boolean {
  return (
    deferred.attempt.session === accepted.attempt.session && deferred.age.high < accepted.age.low
  );
}

/** The first session in which an older tuple was accepted and a surely younger one deferred. */
function findContrast(seen: readonly SeenAttempt[]): Contrast | null {
  for (const accepted of seen) {
    if (accepted.aged === null || accepted.end.outcome !== 'accepted' || accepted.passedBefore) {
      continue;
    }
    const deferred = seen.find(
      (one) =>
        one.end.outcome === 'deferred' &&
        !one.otherCause &&
        !looksOther(one) &&
        isContrast(one, accepted),
    );
    if (deferred !== undefined) return { deferred, accepted };
  }
  return null;
}

/** How well chance explains the run, by the transactions that show something. */
function chanceFor(
  seen: readonly SeenAttempt[],
  contrast: Contrast | null,
  clientLetIn: boolean,
): number {
  if (contrast !== null && isOtherClient(contrast)) return chanceOf(onePerSession(seen));
  return chanceOf(seen, clientLetIn ? undefined : isKeptApart);
}

/**
 * Between client addresses no session shows a contrast, so each counts once: where one of several
 * machines behind an address is out of order, all transactions of a session share their fate.
 */
function onePerSession(seen: readonly SeenAttempt[]): readonly SeenAttempt[] {
  return [...new Map(seen.map((one) => [one.attempt.session, one])).values()];
}

/**
 * A younger tuple was kept out in the same session: a fault that clears, or a limit that fills up
 * again in a pause, lets all pass.
 */
function isKeptApart(accepted: SeenAttempt, deferrals: readonly SeenAttempt[]): boolean {
  return deferrals.some((one) => isContrast(one, accepted));
}

function chanceOf(
  seen: readonly SeenAttempt[],
  counts: (accepted: SeenAttempt, deferrals: readonly SeenAttempt[]) => boolean = () => true,
): number {
  const deferrals = seen.filter((one) => one.end.outcome === 'deferred' && !one.otherCause);
  const accepted = seen.filter((one) => one.end.outcome === 'accepted');
  return chanceOfPattern(deferrals.length, accepted.filter((one) => counts(one, deferrals)).length);
}
