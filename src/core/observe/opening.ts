import type { Edge } from '../../model/time.js';

/*
 * Where a window opens, from what retries at one host met. Nobody planned these tries, so two things
 * are open that a probe knows: what the host keys on, and how it counts.
 *
 * The key. A message may be new to a host that keys on more than sender and recipient, and old to one
 * that keys on less. So a refusal counts by the finest key (age of this message at this host), an
 * acceptance by the coarsest that the log does not rule out:
 *
 *   a@s -> u@d refused at 0 s, b@s -> v@d refused at 200 s and accepted at 310 s
 *   the host opens by 110 s if it keys on senders, by 310 s if it keys on client addresses
 *
 * The way of counting. Each bounds from below in its own way; the lowest of those that fit counts. An
 * acceptance bounds from above in all of them.
 */

/** What a host may key on, beside our own address, finest first. */
export const KEYS = ['tuple', 'sender', 'recipient', 'sender-domain', 'client'] as const;
export type Key = (typeof KEYS)[number];
/** One value for each of the `KEYS`, in their order. */
type ByKey = readonly number[];

/** A later try that was refused. */
export interface RefusedTry {
  readonly at: number;
  /** Lowest age of the message at this host. */
  readonly age: number;
  /** Lowest age that it had at its try before; null for its second try. */
  readonly previousAge: number | null;
  /** Time since the host last refused anything of the same key. */
  readonly gap: ByKey;
  /** Tries of the same key before this one, without the first. */
  readonly early: ByKey;
}

/** The first acceptance of a message that this host had refused. */
export interface PassedTry {
  readonly at: number;
  /** Highest age under each key. */
  readonly age: ByKey;
  /** Highest time since the message's last refusal here. */
  readonly gap: number;
  /** Refused tries of the message between its first and this one. */
  readonly early: number;
  /** Refused tries of the same key before this one, without the first. */
  readonly earlyByKey: ByKey;
}

/** Hosts that count whole seconds accept up to one second early. */
const GRAIN_SECONDS = 1;
/** Where some tries do not fit, an edge needs refusals of this many days. */
const DAYS_OF_SUPPORT = 6;
const DAY_SECONDS = 86_400;
const MOST_MISFITS = 0.05;
/** Servers that want a late try look once a minute whether there was one (OpenBSD spamd). */
const LATE_TRY_SCAN_SECONDS = 60;
/** So many doublings are believed: sixteen times the delay. */
const FEW_TRIES = 4;
/** Refusals above an acceptance are no misfits but the host's way to count, at this many a pass. */
const OFTEN = 0.2;
/** What is rarer than this may have come about in another way. */
const SELDOM = 0.1;

/** Ages closer than this may be the same: unknown lengths of transactions, and stamps, add up. */
const SAME_AGE_SECONDS = 25;
/** So many passes of one age for a refusal of it, and the refusal had another reason: a list that was lost. */
const PASSES_AGAINST_ONE = 4;
/** So many tries of one age that fared one way first, and then the other way, are no accident. */
const TURNED = 4;

export interface Opening {
  readonly opens: Edge;
  /** Tries that do not fit the edge. */
  readonly misfits: number;
  /** Too much does not fit: several machines, or a delay that was changed. */
  readonly contradictory: boolean;
}

/** The opening that follows from retries, where the keys in `ruledOut` are known not to be used. */
export function openingOf(
  refused: readonly RefusedTry[],
  passed: readonly PassedTry[],
  ruledOut: ReadonlySet<Key>,
): Opening {
  const possible = KEYS.map((key, index) => (ruledOut.has(key) ? -1 : index)).filter((n) => n >= 0);
  const ups = passed.map((one) => Math.ceil(Math.max(...possible.map((n) => one.age[n] ?? 0))));
  if (ups.length === 0) {
    const after = lowerBound(refused, passed, possible, Number.POSITIVE_INFINITY);
    return { opens: { afterSeconds: after, bySeconds: null }, misfits: 0, contradictory: false };
  }
  const by = Math.min(...ups);
  const late = refused.filter((one) => one.age > by + GRAIN_SECONDS);
  const isTheRule =
    late.length >= OFTEN * passed.length &&
    late.every((one) => !isLeftAlone(one, possible)) &&
    !fromLastIsRuledOut(refused, passed, possible);
  if (late.length > 0 && !isTheRule) return withMisfits(refused, passed, ups, possible);
  if (hasTurned(refused, passed, ups, by)) {
    return { opens: { afterSeconds: null, bySeconds: null }, misfits: 0, contradictory: true };
  }
  const after = lowerBound(withoutLone(refused, ups, by), passed, possible, by);
  return { opens: { afterSeconds: after, bySeconds: by }, misfits: 0, contradictory: false };
}

/** The refusals without those few among many passes of the same age. */
function withoutLone(
  refused: readonly RefusedTry[],
  ups: readonly number[],
  by: number,
): readonly RefusedTry[] {
  const near = (age: number) => Math.abs(age - by) <= SAME_AGE_SECONDS;
  const kept = refused.filter(({ age }) => near(age));
  const areFew = kept.length * PASSES_AGAINST_ONE <= ups.filter(near).length;
  return areFew ? refused.filter((one) => !kept.includes(one)) : refused;
}

/**
 * Retries of the age of the edge passed up to some day, and were refused from then on, or the other way
 * round: the edge then lies where it does since the sender's retries do, and not since the host's delay does.
 */
function hasTurned(
  refused: readonly RefusedTry[],
  passed: readonly PassedTry[],
  ups: readonly number[],
  by: number,
): boolean {
  const near = (age: number) => Math.abs(age - by) <= SAME_AGE_SECONDS;
  const kept = refused.filter(({ age }) => near(age)).map(({ at }) => at);
  const passes = passed.filter((_, index) => near(ups[index] ?? 0)).map(({ at }) => at);
  if (kept.length === 0 || passes.length === 0 || kept.length + passes.length < TURNED)
    return false;
  return Math.max(...kept) < Math.min(...passes) || Math.max(...passes) < Math.min(...kept);
}

/** Passes that each part of a log needs to show a delay of its own. */
const LEAST_PASSES = 3;
/** Times at which a log is cut to see whether its parts fit. */
const MOST_CUTS = 200;

/** A delay that was changed: the parts of the log before and after `at` show windows that exclude each other. */
export interface Changed {
  readonly at: number;
  readonly before: Edge;
  readonly after: Edge;
}

/** Where a log that fits no one delay falls into two parts that each fit one; null: nowhere. */
export function changeIn(
  refused: readonly RefusedTry[],
  passed: readonly PassedTry[],
  ruledOut: ReadonlySet<Key>,
): Changed | null {
  const times = [...refused, ...passed].map(({ at }) => at).sort((a, b) => a - b);
  const step = Math.max(1, Math.floor(times.length / MOST_CUTS));
  for (let index = 0; index < times.length; index += step) {
    const at = times[index] ?? 0;
    const [before, after] = [true, false].map((early) =>
      partOf(refused, passed, ruledOut, (one) => one.at < at === early),
    );
    if (before == null || after == null) continue;
    if (excludes(before, after) || excludes(after, before)) return { at, before, after };
  }
  return null;
}

function partOf(
  refused: readonly RefusedTry[],
  passed: readonly PassedTry[],
  ruledOut: ReadonlySet<Key>,
  isIn: (one: RefusedTry | PassedTry) => boolean,
): Edge | null {
  const passes = passed.filter(isIn);
  if (passes.length < LEAST_PASSES) return null;
  const { opens, misfits, contradictory } = openingOf(refused.filter(isIn), passes, ruledOut);
  return contradictory || misfits > 0 ? null : opens;
}

function excludes(low: Edge, high: Edge): boolean {
  return low.bySeconds !== null && high.afterSeconds !== null && low.bySeconds <= high.afterSeconds;
}

/**
 * Some refusals stand above acceptances. The threshold with the fewest misfits is taken if they are few,
 * and then a lone refusal bounds nothing.
 */
function withMisfits(
  refused: readonly RefusedTry[],
  passed: readonly PassedTry[],
  ups: readonly number[],
  possible: readonly number[],
): Opening {
  const all = refused.length + ups.length;
  const [by, misfits] = fewestMisfits(refused, ups);
  if (misfits > Math.max(1, MOST_MISFITS * all)) {
    return { opens: { afterSeconds: null, bySeconds: null }, misfits, contradictory: true };
  }
  const below = refused.filter((one) => one.age <= by && isLeftAlone(one, possible));
  const isSure = ups.every((up) => up >= by) && secondTriesPass(passed, possible);
  const after = isSure ? supported(below) : null;
  return { opens: { afterSeconds: after, bySeconds: by }, misfits, contradictory: false };
}

function fewestMisfits(refused: readonly RefusedTry[], ups: readonly number[]): [number, number] {
  let best: [number, number] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  // A few acceptances at most may be misfits, so only the lowest can be the edge.
  const sorted = [...new Set(ups)].sort((a, b) => a - b);
  const most = Math.ceil(MOST_MISFITS * (refused.length + ups.length)) + 1;
  for (const by of sorted.slice(0, most + 1)) {
    const misfits =
      ups.filter((up) => up < by).length +
      refused.filter((one) => one.age > by + GRAIN_SECONDS).length;
    if (misfits < best[1]) best = [by, misfits];
  }
  return best;
}

/** The highest age that refusals of several days reach. */
export function supported(refused: readonly RefusedTry[]): number | null {
  const days = new Set<number>();
  for (const one of [...refused].sort((a, b) => b.age - a.age)) {
    days.add(Math.floor(one.at / DAY_SECONDS));
    if (days.size >= DAYS_OF_SUPPORT) return one.age;
  }
  return null;
}

function isLeftAlone(one: RefusedTry, possible: readonly number[]): boolean {
  return one.previousAge === null && possible.every((n) => one.early[n] === 0);
}

/** The highest age at which the window surely had not opened, however the host counts. */
function lowerBound(
  refused: readonly RefusedTry[],
  passed: readonly PassedTry[],
  possible: readonly number[],
  most: number,
): number | null {
  const readings = [withPenalty(refused, passed, possible)];
  if (!fromLastIsRuledOut(refused, passed, possible)) readings.push(fromLast(refused, possible));
  if (!secondTriesPass(passed, possible)) readings.push(secondLateTry(refused, possible));
  const doubled = doubling(refused, passed, possible);
  if (doubled !== null) readings.push(doubled);
  const lowest = Math.min(...readings);
  return lowest > 0 ? Math.min(lowest, most) : null;
}

function gapOf(one: RefusedTry, possible: readonly number[]): number {
  return Math.min(one.age, ...possible.map((n) => one.gap[n] ?? 0));
}

/** The timer starts again at each try: a refusal bounds by the time since the try before it. */
function fromLast(refused: readonly RefusedTry[], possible: readonly number[]): number {
  return highest(refused.map((one) => gapOf(one, possible)));
}

/** Two tries passed after a shorter wait than two others were refused after. */
function fromLastIsRuledOut(
  refused: readonly RefusedTry[],
  passed: readonly PassedTry[],
  possible: readonly number[],
): boolean {
  const gaps = refused.map((one) => gapOf(one, possible)).sort((a, b) => b - a);
  const waits = passed.map(({ gap }) => gap).sort((a, b) => a - b);
  const [, gap] = gaps;
  const [, wait] = waits;
  return gap !== undefined && wait !== undefined && wait + GRAIN_SECONDS < gap;
}

/** More than one tuple passed at its second try, and not as a rare exception. */
function secondTriesPass(passed: readonly PassedTry[], possible: readonly number[]): boolean {
  const second = passed.filter((one) => possible.every((n) => one.earlyByKey[n] === 0));
  return second.length > 1 && second.length >= SELDOM * passed.length;
}

/** What a try says is about the try before it, once a scan had time to find that one. */
function secondLateTry(refused: readonly RefusedTry[], possible: readonly number[]): number {
  const scanned = refused.filter((one) => gapOf(one, possible) > LATE_TRY_SCAN_SECONDS);
  return highest(scanned.map(({ previousAge }) => previousAge ?? 0));
}

/**
 * Each early try may add a penalty p >= 0 of unknown size; without one this is the plain way to count.
 * A refusal at age r after n early tries, and an acceptance at age a after m > n of them:
 *
 *   delay + n p > r  and  delay + m p <= a,  so  delay > (m r - n a) / (m - n)
 */
function withPenalty(
  refused: readonly RefusedTry[],
  passed: readonly PassedTry[],
  possible: readonly number[],
): number {
  const refusedAt = bestBy(
    refused.map((one) => [Math.max(...possible.map((n) => one.early[n] ?? 0)), one.age]),
    Math.max,
  );
  const passedAt = bestBy(
    passed.map(({ early, age }) => [early, Math.max(...possible.map((n) => age[n] ?? 0))]),
    Math.min,
  );
  const bounds = [...refusedAt].flatMap(([n, r]) =>
    n === 0 ? [r] : [...passedAt].flatMap(([m, a]) => (m > n ? [(m * r - n * a) / (m - n)] : [])),
  );
  return highest(bounds);
}

/**
 * Each early try may double the delay, so a refusal at age r after n of them shows delay > r / 2^n, and an
 * acceptance at age a after m of them shows delay <= a / 2^m. Null where two acceptances exclude that: early
 * ones, since a list may have forgotten the tries of one that came late.
 */
function doubling(
  refused: readonly RefusedTry[],
  passed: readonly PassedTry[],
  possible: readonly number[],
): number | null {
  const above = highest(
    refused.map(({ age, early }) => age / 2 ** Math.max(...possible.map((n) => early[n] ?? 0))),
  );
  const [, below] = passed
    .filter(({ early }) => early <= FEW_TRIES)
    .map(({ age, early }) => Math.max(...possible.map((n) => age[n] ?? 0)) / 2 ** early)
    .sort((a, b) => a - b);
  return below !== undefined && above > below + GRAIN_SECONDS ? null : above;
}

function bestBy(
  pairs: readonly (readonly [number, number])[],
  better: (a: number, b: number) => number,
): Map<number, number> {
  const best = new Map<number, number>();
  for (const [n, age] of pairs) best.set(n, better(best.get(n) ?? age, age));
  return best;
}

function highest(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, value), 0);
}
