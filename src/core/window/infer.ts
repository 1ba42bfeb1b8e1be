import type { Edge } from '../../model/time.js';
import { type AgedObservation, CLOCK_GRANULARITY_SECONDS } from './aged-observation.js';
import { lowerEdgeUnder, READINGS, TIMERS, type Timer } from './timers.js';

export interface Inference {
  readonly opens: Edge;
  readonly closes: Edge;
  /** There is no lower edge, or it was shown: by two refusals, or by one of a product that is known. */
  readonly proved: boolean;
  /** Ages of the refusals below the opening that are about the age, highest first. */
  readonly refusals: readonly number[];
  /**
   * The highest age below the opening at which a tuple was refused. It bounds the opening from below
   * as soon as it is proved: see `opens`.
   */
  readonly refusedUntil: number | null;
  /** Does a try before the opening make the tuple wait longer? Null: not seen either way. */
  readonly earlyRetryHarms: boolean | null;
  /** Ways of counting that fit what was seen. Empty: it does not fit one list. */
  readonly timers: readonly Timer[];
}

/**
 * A window is taken to stay open for at least this long after the first attempt, and until twice
 * the delay. The shortest known retry window is 2 h, so a refusal below this age is an early one.
 */
const SHORTEST_WINDOW_SECONDS = 3600;
const SHORTEST_WINDOW_RATIO = 2;

/** So many late refusals make a closing edge. */
const LATE_REFUSALS_NEEDED = 2;

const UNKNOWN: Edge = { afterSeconds: null, bySeconds: null };

const NO_READING: Inference = {
  opens: UNKNOWN,
  closes: UNKNOWN,
  proved: true,
  refusals: [],
  refusedUntil: null,
  earlyRetryHarms: null,
  timers: [],
};

export interface InferOptions {
  /** Connections in which a tuple that had passed before passed again: the list still knew it. */
  readonly rememberedIn?: ReadonlySet<number>;
  /** A tuple that had passed was refused again: no single list does that. */
  readonly refusedAgain?: boolean;
}

/**
 * The acceptance window that follows from what was seen.
 *
 * An acceptance proves that the window opens by the highest age which the tuple can have: whatever
 * the list forgot, or however it counts, it did not count more. A refusal proves nothing by itself.
 * The list may have met the tuple anew: it is another machine's, it was restored, an early try
 * started the wait again. Or something else refused. So a lower edge takes two refusals of tuples left
 * alone, where such tuples pass; the lower one is the edge.
 *
 * `4xx at 298 and at 299 s; 250 at 303 s, all of them left alone -> opens (298, 303]`
 */
export function inferWindow(
  observations: readonly AgedObservation[],
  timers: readonly Timer[] = TIMERS,
  options: InferOptions = {},
): Inference {
  const accepted = observations.filter((one) => one.accepted);
  const refused = observations.filter((one) => !one.accepted);
  const leftAlone = refused.filter(isLeftAlone);
  const bySeconds = lowest(accepted.map((one) => one.age.high));
  const fitting = waysThatFit(observations, timers);
  if (fitting.length === 0 || options.refusedAgain === true) {
    return severalLists(accepted, leftAlone);
  }
  const forgives = isForgiving(timers) && isForgiving(fitting);
  const refusals = telling(observations, bySeconds, forgives);
  const leftAlonePassed = accepted.some(isLeftAlone);
  const shown = leftAlonePassed ? (refusals[forgives ? 0 : 1]?.age.low ?? null) : null;
  const afterSeconds = (shown ?? believedEdge(observations, fitting, bySeconds)) || null;
  return {
    // Within the grain of the server's clock a refusal may stand above an acceptance.
    opens: {
      afterSeconds,
      bySeconds: bySeconds === null ? null : Math.max(bySeconds, afterSeconds ?? 0),
    },
    closes: closingEdge(observations, { afterSeconds, bySeconds }, options),
    proved: afterSeconds === null || shown !== null,
    refusals: refusals.map((one) => one.age.low),
    refusedUntil: highest(refusedBefore(refused, bySeconds).map((one) => one.age.low)),
    earlyRetryHarms: harm(observations, fitting, bySeconds),
    timers: fitting,
  };
}

function isLeftAlone({ previousAge }: AgedObservation): boolean {
  return previousAge === null;
}

/** The tuple was surely old enough, and refused. */
function isBeyond({ age }: AgedObservation, bySeconds: number | null): boolean {
  return bySeconds !== null && age.low > bySeconds + CLOCK_GRANULARITY_SECONDS;
}

/** The window may have closed by then, whatever the delay. */
function isLate({ age }: AgedObservation): boolean {
  return age.high >= SHORTEST_WINDOW_SECONDS;
}

function refusedBefore(
  refused: readonly AgedObservation[],
  bySeconds: number | null,
): readonly AgedObservation[] {
  // Where nothing has passed yet, a window may have opened and closed unseen.
  return refused.filter((one) => (bySeconds === null ? !isLate(one) : !isBeyond(one, bySeconds)));
}

/**
 * The ways of counting that explain everything; the rarer ones where none that was expected does.
 * 4xx at 60 and 200 s, 250 at 300 s of one sender: from its last try that is 4xx after 140 s and 250
 * after 100 s -> no `from-last`.
 */
function waysThatFit(
  observations: readonly AgedObservation[],
  timers: readonly Timer[],
): readonly Timer[] {
  const early = observations.filter((one) => one.accepted || !isLate(one));
  const fit = (timer: Timer) => READINGS[timer](early);
  const expected = timers.filter(fit);
  return expected.length > 0 ? expected : TIMERS.filter(fit);
}

/**
 * What no single list explains: several machines with a list each, one that was restored, noise. An
 * acceptance bounds the opening all the same; the one from which on all passed tells more.
 * 250 at 50 s, 4xx at 100 s, 250 at 200 and 300 s -> opens by 200 s.
 */
function severalLists(
  accepted: readonly AgedObservation[],
  leftAlone: readonly AgedObservation[],
): Inference {
  const refusedUntil = highest(leftAlone.map((one) => one.age.low)) ?? 0;
  const bySeconds = lowest(
    accepted.map((one) => one.age.high).filter((age) => age >= refusedUntil),
  );
  return { ...NO_READING, opens: { afterSeconds: null, bySeconds } };
}

/**
 * Refusals below the opening that are about the age of their tuple, highest first: of tuples left alone; and
 * of retried ones where it is `forgiven` that they came early.
 */
function telling(
  observations: readonly AgedObservation[],
  bySeconds: number | null,
  forgiven: boolean,
): readonly AgedObservation[] {
  return observations
    .filter((one) => !one.accepted && !isBeyond(one, bySeconds) && (forgiven || isLeftAlone(one)))
    .toSorted((a, b) => b.age.low - a.age.low);
}

/** The words are those of a product that is known to let early tries do nothing. */
function isForgiving(timers: readonly Timer[]): boolean {
  return timers.length === 1 && timers[0] === 'from-first';
}

/**
 * The age up to which the list was closed, if it has lost nothing of what it met.
 * 4xx at 60 and 200 s, 250 at 500 s of one sender: 200 s from its first try, 140 s from its last, 60 s if
 * something was added -> 60 s.
 */
function believedEdge(
  observations: readonly AgedObservation[],
  fitting: readonly Timer[],
  bySeconds: number | null,
): number | null {
  const refused = refusedBefore(
    observations.filter((one) => !one.accepted),
    bySeconds,
  );
  const leftAlonePassed = observations.some((one) => one.accepted && isLeftAlone(one));
  // However the list counts, it lets a tuple left alone pass by its age.
  if (leftAlonePassed) return lowerEdgeUnder('from-first', refused.filter(isLeftAlone));
  const edges = fitting.map((timer) => lowerEdgeUnder(timer, refused));
  return edges.includes(null) ? null : lowest(edges.filter((edge) => edge !== null));
}

/**
 * The window was open at the ages of what passed. It closed where tuples left alone were refused, more
 * than one, by a list that still knew what it had let in before.
 * 250 at 310 s; 4xx at 7200 and at 7201 s, where who had passed passed again -> closes (310, 7201].
 */
function closingEdge(
  observations: readonly AgedObservation[],
  { afterSeconds, bySeconds }: Edge,
  { rememberedIn = new Set() }: InferOptions,
): Edge {
  if (bySeconds === null) return UNKNOWN;
  const lastOpen = highest(
    observations.flatMap((one) => (one.accepted ? openAge(one, afterSeconds ?? 0) : [])),
  );
  // A list that wants a late try refuses the first one at any age.
  const wantsNoLateTry = observations.some((one) => one.accepted && isLeftAlone(one));
  const late = observations
    .filter(
      (one) =>
        wantsNoLateTry &&
        !one.accepted &&
        isLeftAlone(one) &&
        isBeyond(one, bySeconds) &&
        rememberedIn.has(one.session) &&
        one.age.high > (lastOpen ?? 0),
    )
    .map((one) => one.age.high)
    .sort((a, b) => a - b);
  return {
    afterSeconds: Math.max(lastOpen ?? 0, afterSeconds ?? 0),
    bySeconds: late[LATE_REFUSALS_NEEDED - 1] ?? null,
  };
}

/**
 * Whether early tries do harm, as far as it was seen.
 * 250 at 302 s for one left alone; 4xx at 350 s, beside it, for one that was tried at 100 s -> true.
 */
function harm(
  observations: readonly AgedObservation[],
  fitting: readonly Timer[],
  bySeconds: number | null,
): boolean | null {
  const passes = observations.filter((one) => one.accepted && isLeftAlone(one));
  if (passes.length === 0) {
    const harmful = fitting.filter((timer) => timer === 'from-last' || timer === 'penalty');
    if (bySeconds === null || fitting.length === 0) return null;
    if (harmful.length === 0) return false;
    return harmful.length === fitting.length ? true : null;
  }
  const heldBack = observations.some(
    (one) =>
      !one.accepted &&
      !isLeftAlone(one) &&
      isBeyond(one, bySeconds) &&
      !isLate(one) &&
      passes.some(
        (pass) =>
          pass.session === one.session ||
          (pass.planted === one.planted && pass.attempt > one.attempt),
      ),
  );
  return heldBack ? true : null;
}

/**
 * The same edges, so that they hold for a server that counts whole seconds as well.
 *
 * Such a server reckons an age a as either floor(a) or floor(a) + 1. So an acceptance at a shows an
 * opening of at most ceil(a), and a window that is open until floor(a); a refusal after the close
 * shows one of at most ceil(a). A refusal before the opening shows the same as with an exact clock.
 * opens (299.8, 302.3], open until 320.4 -> opens (299.8, 303], open until 320.
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
  if (only === undefined) return readings[0] ?? NO_READING;
  const harms = new Set(fitting.map((one) => one.earlyRetryHarms));
  return {
    opens: hull(fitting.map((one) => one.opens)),
    closes: hull(fitting.map((one) => one.closes)),
    proved: fitting.every((one) => one.proved),
    refusals: only.refusals,
    refusedUntil: only.refusedUntil,
    earlyRetryHarms: harms.size === 1 ? only.earlyRetryHarms : null,
    timers: [...new Set(fitting.flatMap((one) => one.timers))],
  };
}

/** Lowest age at which the window can close when it opens at `opensSeconds` or later. */
function surelyOpenUntil(opensSeconds: number): number {
  return Math.max(SHORTEST_WINDOW_SECONDS, SHORTEST_WINDOW_RATIO * opensSeconds);
}

/**
 * Lowest age at which the window was surely open when the tuple passed. Beyond the shortest window
 * that is possible, a retried tuple may have been forgotten, and met anew at any earlier try.
 * 4xx at 80 and 3620 s, 250 at 4340 s -> 720 s.
 */
function openAge({ age, gap, previousAge }: AgedObservation, opensAfter: number): number {
  const mayBeForgotten =
    previousAge !== null && age.high + CLOCK_GRANULARITY_SECONDS >= surelyOpenUntil(opensAfter);
  return mayBeForgotten ? Math.min(gap.low, age.low) : age.low;
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
