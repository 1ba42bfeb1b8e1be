import type { Edge } from '../../model/time.js';
import { type Judgement, type Observation, weigh } from '../greylist/behaviour.js';
import { parseHint } from '../greylist/hints.js';
import type { Hypothesis } from '../greylist/hypothesis.js';
import { saySame } from '../greylist/same-words.js';
import { timersFor } from '../plan/priors.js';
import { sendersLeft } from '../run/senders.js';
import type { RunState } from '../run/state.js';
import { enclose, forWholeSecondClocks, type Inference, inferWindow } from '../window/infer.js';
import { PROOF_CHANCE } from './chance.js';
import {
  type Contrast,
  chanceFor,
  findClientContrast,
  findContrast,
  isOtherClient,
} from './contrast.js';
import {
  firstPass,
  freshAcceptedAfter,
  freshAcceptedBefore,
  freshDeferredAfter,
  lostAttempts,
  pooledObservations,
  type SeenAttempt,
  seenAttempts,
  windowObservations,
} from './observations.js';
import { readHost } from './words.js';

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
  /** The same, once the control that ends an open session is deferred: for plans, not for verdicts. */
  readonly chanceAhead: number;
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
  const seen = state.pinned === null ? [] : seenAttempts(state, state.pinned);
  const first = seen[0] ?? null;
  const deferrals = seen.filter((one) => one.end.outcome === 'deferred');
  const deferred = deferrals.find((one) => !one.otherCause) ?? deferrals[0] ?? null;
  const hypotheses = deferred === null ? [] : readHost(state, deferred);
  const pass = firstPass(seen);
  const contrast = freshAcceptedBefore(seen, pass) ? findClientContrast(seen) : findContrast(seen);
  const clientLetIn = pass !== null && freshAcceptedAfter(seen, pass);
  const chance = chanceFor(seen, contrast, clientLetIn);
  const lastSession = state.sessions.at(-1);
  const openSession = lastSession?.ended === null ? lastSession.n : null;
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
    chanceAhead:
      openSession === null ? chance : chanceFor(seen, contrast, clientLetIn, openSession),
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
  const tuples = windowObservations(seen, controlToCome(state));
  const { retryAtSeconds, closingAgesSeconds } = state.request;
  const mayCloseEarly = retryAtSeconds !== null || closingAgesSeconds.length > 0;
  const byTuple = inferWindow(tuples, timers, { mayCloseEarly });
  const pass = firstPass(seen);
  const keyHasSender = pass !== null && freshDeferredAfter(seen, pass);
  const betweenTuples = contrast !== null && !isOtherClient(contrast);
  if (betweenTuples && (!clientLetIn || keyHasSender)) return byTuple;
  const lost = state.pinned === null ? [] : lostAttempts(state, state.pinned);
  const byClient = inferWindow(pooledObservations(seen, lost), timers);
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
