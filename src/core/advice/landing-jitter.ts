import { type Landing, LandingTally, type LandingWindow } from './landing-tally.js';
import { geometricWait, jitterRange, waitRange } from './schedule.js';
import type { GiveUp, ScheduleOf } from './sender-schema.js';

/*
 * Landing of schedules whose waits carry an independent jitter. What is possible is followed as
 * intervals of whole seconds: sums of independent intervals are intervals, so nothing is sampled.
 */

type Interval = readonly [number, number];

type JitterSchedule = ScheduleOf<'age-brackets' | 'geometric' | 'wait-ranges'>;

/** Cases not yet landed: the server counts from `origin`, and the last try had this age. */
interface Box {
  readonly origin: Interval;
  readonly age: Interval;
}

const MOST_TRIES = 20_000;
/** Beyond this many boxes they are joined, which can only widen the answer. */
const MOST_BOXES = 64;

/**
 * Landing over every chance.
 * Waits of 445..455 s, then 890..910 s, window from 850 s: the second try is 1335..1365 s old -> lands then.
 */
export function boxLanding(
  schedule: JitterSchedule,
  giveUp: GiveUp,
  window: LandingWindow,
): Landing {
  const end = giveUp.seconds ?? Number.POSITIVE_INFINITY;
  const tally = new LandingTally(giveUp.seconds);
  let boxes: readonly Box[] = [{ origin: [0, 0], age: [0, 0] }];
  for (let retry = 1; retry <= MOST_TRIES && boxes.length > 0; retry++) {
    const tried: Box[] = [];
    for (const box of boxes) {
      const last = box.origin[1] + box.age[1];
      const moved = steps(schedule, box, retry - 1).map((step) => madeInTime(step, end));
      if (moved.length === 0 || moved.some(({ cut }) => cut)) tally.missed(last);
      tried.push(...moved.map(({ box: made }) => made));
    }
    boxes = joined(tried.flatMap((box) => held(box, window, retry, tally, end)));
  }
  for (const { origin, age } of boxes) tally.missed(origin[1] + age[1]);
  return tally.resultByChance();
}

/** Where a box can be at its next try; a bracket of ages each gives one. */
function steps(schedule: JitterSchedule, box: Box, made: number): Box[] {
  if (schedule.kind === 'geometric') {
    if (schedule.retries !== null && made >= schedule.retries) return [];
    const wait = geometricWait(schedule, made);
    const [least, most] = jitterRange(schedule, made);
    return [later(box, [Math.floor(wait + least), Math.ceil(wait + most)])];
  }
  if (schedule.kind === 'wait-ranges') {
    const range = waitRange(schedule, made);
    return range === null ? [] : [later(box, range)];
  }
  return bracketSteps(schedule, box);
}

function bracketSteps(schedule: ScheduleOf<'age-brackets'>, box: Box): Box[] {
  const found: Box[] = [];
  let from = 0;
  for (const { belowSeconds, waitSeconds } of schedule.brackets) {
    const below = belowSeconds ?? Number.POSITIVE_INFINITY;
    // The message's age is origin + age; with a spread origin the cut is on the safe side.
    const age: Interval = [
      Math.max(box.age[0], from - box.origin[1]),
      Math.min(box.age[1], below - 1 - box.origin[0]),
    ];
    if (age[0] <= age[1]) {
      found.push(
        later({ origin: box.origin, age }, [waitSeconds, waitSeconds + schedule.jitterSeconds - 1]),
      );
    }
    from = below;
  }
  return found;
}

function later(box: Box, wait: Interval): Box {
  return { origin: box.origin, age: [box.age[0] + wait[0], box.age[1] + wait[1]] };
}

/** Cuts off the tries that would come after the sender gave up: of all of them nothing is left. */
function madeInTime({ origin, age }: Box, end: number): { box: Box; cut: boolean } {
  const highest = end - origin[0];
  return { box: { origin, age: [age[0], Math.min(age[1], highest)] }, cut: age[1] > highest };
}

/**
 * Holds a try, made until `end`, against the window: what lands is tallied, the rest goes on.
 * Ages 280..320, window 300..310: 300..310 lands, 280..299 goes on, 311..320 starts anew.
 */
function held(
  box: Box,
  window: LandingWindow,
  retry: number,
  tally: LandingTally,
  end: number,
): Box[] {
  const { origin, age } = box;
  const early: Interval = [age[0], Math.min(age[1], Math.ceil(window.opensSeconds) - 1)];
  const lands: Interval = [
    Math.max(age[0], Math.ceil(window.opensSeconds)),
    Math.min(age[1], Math.floor(window.closesSeconds)),
  ];
  const late: Interval = [Math.max(age[0], Math.floor(window.closesSeconds) + 1), age[1]];
  if (lands[0] <= lands[1]) {
    tally.landed(origin[0] + lands[0], origin[1] + lands[1], retry);
  }
  const rest: Box[] = [];
  if (early[0] <= early[1]) {
    rest.push(window.restartsTimer ? anew(origin, early, end) : { origin, age: early });
  }
  if (late[0] <= late[1]) rest.push(anew(origin, late, end));
  return rest;
}

function anew(origin: Interval, age: Interval, end: number): Box {
  return { origin: [origin[0] + age[0], Math.min(end, origin[1] + age[1])], age: [0, 0] };
}

/** Of cases of one age the earliest and the latest origin are enough. */
function joined(boxes: readonly Box[]): readonly Box[] {
  const byAge = new Map<string, Box>();
  for (const box of boxes) {
    const age = box.age.join();
    const other = byAge.get(age) ?? box;
    byAge.set(age, { origin: hull(other.origin, box.origin), age: box.age });
  }
  const merged = [...byAge.values()];
  if (merged.length <= MOST_BOXES) return merged;
  const all = merged.reduce((a, b) => ({
    origin: hull(a.origin, b.origin),
    age: hull(a.age, b.age),
  }));
  return [all];
}

function hull(a: Interval, b: Interval): Interval {
  return [Math.min(a[0], b[0]), Math.max(a[1], b[1])];
}
