import type { Edge } from '../../model/time.js';
import { type Observation, type WeighedReading, weigh } from '../greylist/behaviour.js';
import { parseHint } from '../greylist/hints.js';
import type { Hypothesis } from '../greylist/hypothesis.js';
import { saySame } from '../greylist/same-words.js';
import { domainWanted, sendersUsed } from '../plan/fresh-senders.js';
import { timersFor } from '../plan/priors.js';
import { kindsOf, unusedSenders } from '../run/probe-senders.js';
import { openSession, type RunState } from '../run/state.js';
import type { AgedObservation } from '../window/aged-observation.js';
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
  isDeferredAfter,
  isLetIn,
  isLetInAfter,
  isLetInUnmet,
  isRefusedAgain,
  lostAttempts,
  pooledObservations,
  rememberedIn,
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
  /** Those readings, weighed against what the host did; the first leads. */
  readonly readings: readonly WeighedReading[];
  readonly observed: ReadonlySet<Observation>;
  readonly inference: Inference;
  /** What the inference rests on, where the list looks at senders. */
  readonly observations: readonly AgedObservation[];
  /** All of the kind that is measured are let in at once, as far as was seen. */
  readonly letsAllIn: boolean;
  /** Attempts of given senders that were let in while others of their client had to wait later on. */
  readonly known: readonly SeenAttempt[];
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
  proved: true,
  refusals: [],
  refusedUntil: null,
  earlyRetryHarms: null,
  timers: ['from-first'],
};

/**
 * Weighs everything seen of the pinned host. Pure; called anew after each attempt. What a plan seldom
 * asks for is worked out when it is asked for: so read it before the state grows.
 */
export function assess(state: RunState): Assessment {
  const seen = state.pinned === null ? [] : seenAttempts(state, state.pinned);
  // Who is let in at once is known to the host, or exempt: the measurement begins with one who waits.
  const client = state.request.sourceAddresses[0] ?? null;
  const unmet = new Set(seen.filter(isLetInUnmet).map((one) => one.attempt.tuple.id));
  const waits = seen.find(
    (one) =>
      !isLetIn(one) && !unmet.has(one.attempt.tuple.id) && one.attempt.tuple.client === client,
  );
  const first = waits ?? seen[0] ?? null;
  const kind = first === null ? [] : seen.filter((one) => one.kind === first.kind);
  const deferrals = seen.filter((one) => one.end.outcome === 'deferred');
  const deferred = deferrals.find((one) => !one.otherCause) ?? deferrals[0] ?? null;
  const hypotheses = deferred === null ? [] : readHost(state, deferred);
  const pass = firstPass(kind);
  const asOne = once(() => pooledReadings(state, seen, kind));
  const letIn = kind.filter((one) => isLetIn(one) && !isDeferredAfter(kind, one));
  const letInBefore = letIn.some((one) => pass === null || one.attempt.n < pass.attempt.n);
  const contrast = once(() =>
    letInBefore && asOne().length > 0 ? findClientContrast(seen) : findContrast(kind),
  );
  const clientLetIn = pass !== null && isLetInAfter(kind, pass);
  const chanceIn = (underWay: number | null) => {
    const found = contrast();
    const weighed = found !== null && isOtherClient(found) ? seen : kind;
    return chanceFor(weighed, found, clientLetIn, underWay);
  };
  const chance = once(() => chanceIn(null));
  const open = openSession(state);
  const observed = once(() => observe(seen, pass, contrast()));
  const observations = once(() => windowObservations(kind, controlToCome(state)));
  const inference = once(() => {
    if (deferred === null) return NOTHING_INFERRED;
    const timers = timersFor(hypotheses);
    const byTuple = inferWindow(observations(), timers, {
      rememberedIn: rememberedIn(kind),
      refusedAgain: isRefusedAgain(kind),
    });
    const pooled = asOne().map((one) => inferWindow(one, timers));
    return forWholeSecondClocks(enclose([byTuple, ...pooled]));
  });
  const proof = () => {
    const found = contrast();
    return (
      inference().timers.length > 0 &&
      inference().proved &&
      chance() <= PROOF_CHANCE &&
      // A list that does not look at senders, or a fault, may have let in all just then.
      (asOne().length === 0 || (found !== null && isOtherClient(found))) &&
      !deferredAfterLettingIn(state, kind)
    );
  };
  const readings = once(() => (deferred === null ? [] : weigh(hypotheses, observed(), proof())));
  return {
    seen,
    first,
    deferral: deferred,
    hypotheses,
    known: seen.filter((one) => isKnown(state, seen, one)),
    pass,
    clientLetIn,
    get readings() {
      return readings();
    },
    get observed() {
      return observed();
    },
    get inference() {
      return inference();
    },
    get observations() {
      return observations();
    },
    get letsAllIn() {
      return letIn.length > 0 && asOne().length > 0;
    },
    get contrast() {
      return contrast();
    },
    get chance() {
      return chance();
    },
    get chanceAhead() {
      return open === null ? chance() : chanceIn(open);
    },
  };
}

/** What is worked out when it is first asked for, and then known. */
function once<Value>(work: () => Value): () => Value {
  let known: { readonly value: Value } | null = null;
  return () => {
    known ??= { value: work() };
    return known.value;
  };
}

/**
 * The readings in which the list does not look at senders, or only at their domains: all that was
 * tried is one tuple to it. None where somebody was deferred after one had been let in.
 */
function pooledReadings(
  state: RunState,
  seen: readonly SeenAttempt[],
  kind: readonly SeenAttempt[],
): readonly (readonly AgedObservation[])[] {
  const tuple = kind[0]?.attempt.tuple;
  if (tuple === undefined || state.pinned === null) return [];
  const lost = lostAttempts(state, state.pinned).filter((one) => one.tuple.client === tuple.client);
  const ofClient = seen.filter((one) => one.attempt.tuple.client === tuple.client);
  const kindOf = kindsOf(state.request.senders);
  const ofKind = lost.filter((one) => kindOf(one.tuple) === kindOf(tuple));
  return [
    pooledObservations(kind, ofKind),
    ...(ofClient.length > kind.length ? [pooledObservations(ofClient, lost)] : []),
  ].filter((pooled) => pooled !== null);
}

/** The run goes on and has a fresh sender left: it will show whether the client was let in. */
function controlToCome(state: RunState): boolean {
  const { request, finished } = state;
  return (
    finished === null && unusedSenders(request.senders, sendersUsed(state), domainWanted(state)) > 0
  );
}

/**
 * No list of clients makes wait whom it has let in, so the sender is known to the host, or exempt. Of a
 * template all senders are new, and a fault is what lets one in.
 *
 * `250 for bob at 0 s, then 4xx for cyd from the same address -> bob is known`
 */
function isKnown({ request }: RunState, seen: readonly SeenAttempt[], one: SeenAttempt): boolean {
  return request.senders.kind === 'list' && isLetIn(one) && isDeferredAfter(seen, one);
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

/**
 * The sender was left alone before: some lists start the wait anew at each early try.
 * `4xx at 0 and 3661 s -> true; 4xx at 0, 3100 and 3661 s -> false`
 */
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

/**
 * A client that was let in was deferred again: no list does that, a fault that comes and goes does. Of
 * senders that were given, one may be known to the host.
 * `a 4xx | b 250, new, a 4xx -> true; where b was given -> false`
 */
function deferredAfterLettingIn({ request }: RunState, seen: readonly SeenAttempt[]): boolean {
  if (seen.some((one) => one.otherCause && one.end.outcome === 'accepted')) return true;
  if (request.senders.kind === 'list') return false;
  const letIn = seen.find(isLetIn);
  return seen.some(
    (one) =>
      letIn !== undefined &&
      one.attempt.n > letIn.attempt.n &&
      one.attempt.tuple.client === letIn.attempt.tuple.client &&
      one.end.outcome === 'deferred',
  );
}
