import type { Edge, SecondsInterval } from '../../model/time.js';

/**
 * How a greylister can count: from a tuple's first attempt; from its last, so that each early try
 * starts the wait again; from the first, with a penalty added for each early try; or it lets a
 * tuple pass only after one late try that it still refuses.
 */
export const TIMERS = ['from-first', 'from-last', 'penalty', 'second-late-try'] as const;
export type Timer = (typeof TIMERS)[number];

/** A later attempt of a tuple: refused, or accepted for the first time. */
export interface AgedObservation {
  /** Number of the attempt. */
  readonly attempt: number;
  readonly tuple: string;
  /** Since the tuple's first attempt. */
  readonly age: SecondsInterval;
  /** Since the tuple's previous attempt; equal to `age` for its second attempt. */
  readonly gap: SecondsInterval;
  /** Age that the tuple had at its previous attempt; null when that was its first. */
  readonly previousAge: SecondsInterval | null;
  readonly accepted: boolean;
}

export interface Inference {
  readonly opens: Edge;
  readonly closes: Edge;
  /** Does a try before the opening make the tuple wait longer? Null: not seen either way. */
  readonly earlyRetryHarms: boolean | null;
  /** Ways of counting that fit what was seen. Empty: none does, and the edges are unknown. */
  readonly timers: readonly Timer[];
}

/**
 * Servers that count whole seconds can let a tuple pass up to one second before its exact age, so
 * two observations this close do not contradict each other.
 */
const CLOCK_GRANULARITY_SECONDS = 1;

/**
 * A window is taken to stay open for at least this long after the first attempt, and until twice
 * the delay. The shortest known retry window is 2 h, so a refusal below this age is an early one.
 */
const SHORTEST_WINDOW_SECONDS = 3600;
const SHORTEST_WINDOW_RATIO = 2;

/** Servers that want a late try look once a minute whether there was one (OpenBSD spamd). */
const LATE_TRY_SCAN_SECONDS = 60;

const UNKNOWN: Edge = { afterSeconds: null, bySeconds: null };

const NO_READING: Inference = {
  opens: UNKNOWN,
  closes: UNKNOWN,
  earlyRetryHarms: null,
  timers: [],
};

export interface InferOptions {
  /**
   * A window that closed before the shortest known one does is believed. Where nobody asked for late
   * ages, several machines with a list each are more likely than that.
   */
  readonly mayCloseEarly?: boolean;
}

/**
 * The acceptance window that follows from what was seen.
 *
 * A refusal proves that the window opens after the lowest age which the tuple can have had; an
 * acceptance proves that it opens by the highest. A tuple tried once after its first attempt
 * proves this however the server counts, so such tuples decide where one of them passed. Else each
 * way of counting in `timers` reads another age into the same attempt, and the reported bounds
 * enclose the brackets of every way that fits.
 */
export function inferWindow(
  observations: readonly AgedObservation[],
  timers: readonly Timer[] = ['from-first', 'from-last'],
  { mayCloseEarly = true }: InferOptions = {},
): Inference {
  const leftAlone = observations.filter((one) => one.previousAge === null);
  const retried = observations.filter((one) => one.previousAge !== null);
  if (leftAlone.some((one) => one.accepted)) {
    const inferred = inferFromLeftAlone(leftAlone, retried, timers);
    return !mayCloseEarly && closesEarly(inferred) ? NO_READING : inferred;
  }
  const expected = inferFromRetried(observations, timers);
  return expected.timers.length > 0 ? expected : inferFromUnexpected(observations);
}

/**
 * What contradicts the expected ways of counting may fit a rarer one. Or several machines keep a list
 * each: then a refusal shows nothing, and an acceptance only that the window opens by the age since
 * the tuple's first attempt at any of them.
 */
function inferFromUnexpected(observations: readonly AgedObservation[]): Inference {
  const rarer = inferFromRetried(observations, TIMERS);
  const opensBy = lowest(observations.filter((one) => one.accepted).map((one) => one.age.high));
  if (rarer.timers.length === 0 || opensBy === null) return rarer;
  return {
    ...rarer,
    opens: hull([rarer.opens, { afterSeconds: null, bySeconds: opensBy }]),
    closes: UNKNOWN,
    earlyRetryHarms: null,
  };
}

function inferFromLeftAlone(
  leftAlone: readonly AgedObservation[],
  retried: readonly AgedObservation[],
  timers: readonly Timer[],
): Inference {
  const edges = edgesOf(leftAlone.map((one) => ({ ...one, counted: one.age })));
  if (edges === null) return NO_READING;
  const earlyRetryHarms = harmSeen(edges.opens, retried, timers);
  // Where early tries do no harm, what the retried tuples got counts as well.
  const all =
    earlyRetryHarms === false
      ? edgesOf([...leftAlone, ...retried].map((one) => ({ ...one, counted: one.age })))
      : null;
  return { ...(all ?? edges), earlyRetryHarms, timers: ['from-first'] };
}

/** Compares tuples that were retried with the opening that tuples left alone have shown. */
function harmSeen(
  opens: Edge,
  retried: readonly AgedObservation[],
  timers: readonly Timer[],
): boolean | null {
  const { afterSeconds, bySeconds } = opens;
  const heldBack = retried.some(
    (one) =>
      !one.accepted &&
      bySeconds !== null &&
      one.age.low > bySeconds + CLOCK_GRANULARITY_SECONDS &&
      one.age.high < surelyOpenUntil(bySeconds),
  );
  if (heldBack) return true;
  const countedOn = retried.some(
    (one) => one.accepted && afterSeconds !== null && one.gap.high < afterSeconds,
  );
  // The timer did not start again; a penalty may have been added all the same.
  return countedOn && !timers.includes('penalty') ? false : null;
}

function inferFromRetried(
  observations: readonly AgedObservation[],
  timers: readonly Timer[],
): Inference {
  const fits = timers.flatMap((timer) => {
    const edges = edgesUnder(timer, observations);
    return edges === null ? [] : [{ timer, edges }];
  });
  const passed = observations.some((one) => one.accepted);
  const harmful = fits.filter((fit) => fit.timer === 'from-last' || fit.timer === 'penalty');
  return {
    opens: hull(fits.map((fit) => fit.edges.opens)),
    closes: hull(fits.map((fit) => fit.edges.closes)),
    earlyRetryHarms: !passed || fits.length === 0 ? null : sameForAll(harmful.length, fits.length),
    timers: fits.map((fit) => fit.timer),
  };
}

/**
 * The same edges, so that they hold for a server that counts whole seconds as well.
 *
 * Such a server reckons an age a as either floor(a) or floor(a) + 1. So an acceptance at a shows an
 * opening of at most ceil(a), and a window that is open until floor(a); a refusal after the close
 * shows one of at most ceil(a). A refusal before the opening shows the same as with an exact clock.
 */
export function forWholeSecondClocks(inference: Inference): Inference {
  const { opens, closes } = inference;
  return {
    ...inference,
    opens: { afterSeconds: opens.afterSeconds, bySeconds: up(opens.bySeconds) },
    closes: { afterSeconds: down(closes.afterSeconds), bySeconds: up(closes.bySeconds) },
  };
}

function up(seconds: number | null): number | null {
  return seconds === null ? null : Math.ceil(seconds);
}

function down(seconds: number | null): number | null {
  return seconds === null ? null : Math.floor(seconds);
}

/**
 * One inference that encloses several readings of the same attempts. Readings that nothing fits
 * are left out.
 */
export function enclose(readings: readonly Inference[]): Inference {
  const fitting = readings.filter((one) => one.timers.length > 0);
  const [only] = fitting;
  if (only === undefined) return NO_READING;
  const harms = new Set(fitting.map((one) => one.earlyRetryHarms));
  return {
    opens: hull(fitting.map((one) => one.opens)),
    closes: hull(fitting.map((one) => one.closes)),
    earlyRetryHarms: harms.size === 1 ? only.earlyRetryHarms : null,
    timers: [...new Set(fitting.flatMap((one) => one.timers))],
  };
}

function sameForAll(count: number, all: number): boolean | null {
  if (count === 0) return false;
  return count === all ? true : null;
}

interface Edges {
  readonly opens: Edge;
  readonly closes: Edge;
}

interface Counted extends AgedObservation {
  /** The age that the server reckons, under the way of counting at hand. */
  readonly counted: SecondsInterval;
}

function edgesUnder(timer: Timer, observations: readonly AgedObservation[]): Edges | null {
  switch (timer) {
    case 'from-first':
      return edgesOf(observations.map((one) => ({ ...one, counted: one.age })));
    case 'from-last':
      return edgesOf(observations.map((one) => ({ ...one, counted: one.gap })));
    case 'penalty':
      // Refusals after an early try may be due to the penalty: only first retries bound from below.
      return edgesOf(
        observations
          .filter((one) => one.accepted || one.previousAge === null)
          .map((one) => ({ ...one, counted: one.age })),
      );
    case 'second-late-try': {
      // What a try says is about the age at the try before it. A scan has to run in between, so a
      // refusal soon after that try says nothing.
      if (observations.some((one) => one.accepted && one.previousAge === null)) return null;
      const counted = observations.flatMap((one) =>
        one.previousAge === null || (!one.accepted && one.gap.low <= LATE_TRY_SCAN_SECONDS)
          ? []
          : [{ ...one, counted: one.previousAge }],
      );
      return edgesOf(counted);
    }
  }
}

/** Edges that fit the counted ages, or null when they contradict each other. */
function edgesOf(seen: readonly Counted[]): Edges | null {
  const accepted = seen.filter((one) => one.accepted);
  const refused = seen.filter((one) => !one.accepted);
  const opensBy = lowest(accepted.map((one) => one.counted.high));
  if (opensBy === null) {
    return {
      opens: { afterSeconds: provenClosedUntil(refused, null), bySeconds: null },
      closes: UNKNOWN,
    };
  }
  const passedLeftAlone = highest(
    accepted.filter((one) => one.previousAge === null).map((one) => one.counted.low),
  );
  const late = refused.filter((one) => one.counted.low > opensBy + CLOCK_GRANULARITY_SECONDS);
  const early = refused.filter((one) => !late.includes(one));
  const afterSeconds = provenClosedUntil(early, passedLeftAlone);
  const lastOpen = highest(accepted.map((one) => openAge(one, afterSeconds ?? 0))) ?? 0;
  for (const one of late) {
    const contradicts = one.counted.high + CLOCK_GRANULARITY_SECONDS < lastOpen;
    if (contradicts) return null;
    // Without a tuple that passed at its second try, a refusal above an acceptance is more likely
    // to come from another way of counting than from a window that closed so soon.
    if (passedLeftAlone === null && one.counted.high < surelyOpenUntil(afterSeconds ?? 0)) {
      return null;
    }
  }
  const closing = late.filter(
    (one) =>
      one.previousAge === null &&
      (passedLeftAlone !== null || one.counted.high >= surelyOpenUntil(opensBy)),
  );
  return {
    // Within the grain of the server's clock a refusal may stand above an acceptance.
    opens: { afterSeconds, bySeconds: Math.max(opensBy, afterSeconds ?? 0) },
    closes: {
      afterSeconds: Math.max(lastOpen, afterSeconds ?? 0),
      bySeconds: lowest(closing.map((one) => one.counted.high)),
    },
  };
}

/**
 * The highest age at which the window surely had not opened yet.
 *
 * A refusal could also come from a window that opened and closed again unseen. That is ruled out
 * where a tuple left alone passed at a higher age, and below the shortest window that a server with
 * the delay proved so far can have.
 */
function provenClosedUntil(
  refused: readonly Counted[],
  passedLeftAlone: number | null,
): number | null {
  let proven: number | null = null;
  const ages = refused.map((one) => one.counted).sort((a, b) => a.low - b.low);
  for (const { low, high } of ages) {
    const opensLater =
      passedLeftAlone !== null && low <= passedLeftAlone + CLOCK_GRANULARITY_SECONDS;
    if (!opensLater && high + CLOCK_GRANULARITY_SECONDS >= surelyOpenUntil(proven ?? 0)) break;
    proven = low;
  }
  return proven;
}

function closesEarly({ opens, closes }: Inference): boolean {
  return closes.bySeconds !== null && closes.bySeconds < surelyOpenUntil(opens.afterSeconds ?? 0);
}

/** Lowest age at which the window can close when it opens at `opensSeconds` or later. */
function surelyOpenUntil(opensSeconds: number): number {
  return Math.max(SHORTEST_WINDOW_SECONDS, SHORTEST_WINDOW_RATIO * opensSeconds);
}

/**
 * Lowest age at which the window was surely open when the tuple passed. Beyond the shortest window
 * that is possible, a retried tuple may have been forgotten, and met anew at any earlier try.
 */
function openAge({ counted, gap, previousAge }: Counted, opensAfter: number): number {
  const mayBeForgotten =
    previousAge !== null && counted.high + CLOCK_GRANULARITY_SECONDS >= surelyOpenUntil(opensAfter);
  return mayBeForgotten ? Math.min(gap.low, counted.low) : counted.low;
}

/** Smallest edge that encloses all. A bound unknown under one reading is unknown. */
function hull(edges: readonly Edge[]): Edge {
  const after = edges.map((edge) => edge.afterSeconds);
  const by = edges.map((edge) => edge.bySeconds);
  return {
    afterSeconds: after.includes(null) ? null : lowest(after.filter((value) => value !== null)),
    bySeconds: by.includes(null) ? null : highest(by.filter((value) => value !== null)),
  };
}

function lowest(values: readonly number[]): number | null {
  return values.reduce<number | null>((least, value) => Math.min(least ?? value, value), null);
}

function highest(values: readonly number[]): number | null {
  return values.reduce<number | null>((most, value) => Math.max(most ?? value, value), null);
}
