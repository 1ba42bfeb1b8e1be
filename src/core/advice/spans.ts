import {
  type FixedSchedule,
  geometricWait,
  jitterRange,
  overPhases,
  retries,
  waitRange,
} from './schedule.js';
import type { Span } from './sender-advice-schema.js';
import type { Schedule, ScheduleOf, Sender, SourceConfidence } from './sender-schema.js';

interface Range {
  readonly low: number;
  readonly high: number;
}

const MOST_SPANS = 400;

/**
 * When each retry is made, over every phase and every chance: the marks of a picture. Up to the
 * first that comes after `untilSeconds`, or until the sender gives up.
 */
export function retrySpans(sender: Sender, untilSeconds: number): Span[] {
  const { schedule } = sender;
  if (schedule === null) return [];
  const until = Math.min(untilSeconds, sender.giveUp.seconds ?? Number.POSITIVE_INFINITY);
  return ranges(schedule, sender, until).map(({ low, high }, i) => ({
    retry: i + 1,
    earliestSeconds: low,
    latestSeconds: high,
    confidence: retryConfidence(sender, i + 1),
  }));
}

/** How sure it is that this retry is made when the schedule says. */
export function retryConfidence(sender: Sender, retry: number): SourceConfidence {
  const { lessSureFrom, confidence } = sender;
  return lessSureFrom !== null && retry >= lessSureFrom.retry
    ? lessSureFrom.confidence
    : confidence;
}

function ranges(schedule: Schedule, sender: Sender, until: number): Range[] {
  switch (schedule.kind) {
    case 'random-factor':
      return chained((n) => randomFactorWait(schedule, n), until);
    case 'wait-ranges':
      return chained((n) => rangeOf(waitRange(schedule, n)), until);
    case 'age-brackets':
      return chained((_, at) => bracketWait(schedule, at), until);
    case 'geometric':
      return schedule.jitter === null
        ? phaseRanges(schedule, sender, until)
        : chained((n) => jitterWait(schedule, n), until, schedule.retries ?? MOST_SPANS);
    default:
      return phaseRanges(schedule, sender, until);
  }
}

function phaseRanges(schedule: FixedSchedule, sender: Sender, until: number): Range[] {
  const found: { low: number; high: number }[] = [];
  const spans = overPhases(schedule, (phase, leeway) => {
    const tries: number[] = [];
    for (const at of retries(schedule, sender.giveUp, phase, leeway)) {
      if (at > until || tries.length >= MOST_SPANS) break;
      leeway.atMost(at, 1, until);
      tries.push(at);
    }
    return tries;
  });
  for (const { end: tries, more } of spans) {
    for (const [n, at] of tries.entries()) {
      const range = found[n] ?? { low: at, high: at };
      found[n] = { low: Math.min(range.low, at), high: Math.max(range.high, at + more) };
    }
  }
  return found;
}

/**
 * Adds up the shortest and the longest waits.
 * 60..119 s, then 300..359 s -> retry 1 at 60..119, retry 2 at 360..478 s.
 */
function chained(
  wait: (n: number, at: Range) => Range,
  until: number,
  most: number = MOST_SPANS,
): Range[] {
  const found: Range[] = [];
  let at: Range = { low: 0, high: 0 };
  while (found.length < Math.min(most, MOST_SPANS)) {
    const { low, high } = wait(found.length, at);
    at = { low: at.low + low, high: at.high + high };
    if (at.low > until) break;
    found.push({ low: at.low, high: Math.min(at.high, until) });
  }
  return found;
}

function randomFactorWait(schedule: ScheduleOf<'random-factor'>, n: number): Range {
  const { firstSeconds, lowFactor, highFactor, maxSeconds } = schedule;
  return {
    low: Math.min(maxSeconds, firstSeconds * lowFactor ** n),
    high: Math.min(maxSeconds, firstSeconds * highFactor ** n),
  };
}

function bracketWait({ brackets, jitterSeconds }: ScheduleOf<'age-brackets'>, at: Range): Range {
  const waitAt = (age: number): number =>
    brackets.find(({ belowSeconds }) => belowSeconds === null || age < belowSeconds)?.waitSeconds ??
    0;
  return { low: waitAt(at.low), high: waitAt(at.high) + jitterSeconds - 1 };
}

/** After the last wait nothing comes. */
function rangeOf(range: readonly [number, number] | null): Range {
  const [low, high] = range ?? [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  return { low, high };
}

function jitterWait(schedule: ScheduleOf<'geometric'>, n: number): Range {
  const wait = geometricWait(schedule, n);
  const [least, most] = jitterRange(schedule, n);
  return { low: wait + least, high: wait + most };
}
