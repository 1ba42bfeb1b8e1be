import type { GiveUp, Schedule, ScheduleOf } from './sender-schema.js';

/*
 * When a sender tries again. Times are seconds after the first try began. Kinds without chance
 * give one list of tries for each phase of their queue scan.
 */

export type FixedSchedule = Exclude<
  Schedule,
  { kind: 'age-brackets' | 'random-factor' | 'wait-ranges' }
>;

const OF_CHANCE = ['age-brackets', 'random-factor', 'wait-ranges'];

/** Whether the tries follow from the phase alone; the others have chance in them. */
export function isFixed(schedule: Schedule): schedule is FixedSchedule {
  return !OF_CHANCE.includes(schedule.kind);
}

/** Enough for a try every second through a week. */
const MOST_TRIES = 604_800;
/** Longer than any window; ends schedules that go on for ever. */
const LONGEST_SECONDS = 400 * 86_400;

/** How many phases the queue scan can have, in whole seconds; 1 without a scan. */
export function phaseCount(schedule: FixedSchedule): number {
  switch (schedule.kind) {
    case 'scan':
    case 'age-scan':
      return schedule.scanSeconds;
    case 'retry-rules':
      return schedule.scanSeconds ?? 1;
    case 'stages':
      return schedule.pollSeconds ?? 1;
    default:
      return 1;
  }
}

/** The retries of one phase, until the sender gives up. */
export function* retries(
  schedule: FixedSchedule,
  giveUp: GiveUp,
  phase: number,
): Generator<number, void> {
  let previous = 0;
  let made = 0;
  for (const at of endless(schedule, phase)) {
    if (made >= MOST_TRIES || at > LONGEST_SECONDS || isGivenUp(giveUp, previous, at)) return;
    yield at;
    previous = at;
    made += 1;
  }
}

/** A later try is not made, given the previous one and the one that would come. */
function isGivenUp(giveUp: GiveUp, previous: number, next: number): boolean {
  if (giveUp.seconds === null) return false;
  // Postfix: with a lifetime of 0 mail is tried once.
  if (giveUp.seconds === 0) return true;
  return (giveUp.test === 'failed-try' ? previous : next) > giveUp.seconds;
}

function endless(schedule: FixedSchedule, phase: number): Iterable<number> {
  switch (schedule.kind) {
    case 'stages':
      return stages(schedule, phase);
    case 'geometric':
      return geometric(schedule);
    case 'quadratic':
      return quadratic(schedule);
    case 'bursts':
      return bursts(schedule);
    case 'scan':
      return scan(schedule, phase);
    case 'age-scan':
      return ageScan(schedule, phase);
    case 'retry-rules':
      return retryRules(schedule, phase);
    case 'observed':
      return observed(schedule);
  }
}

function* stages(schedule: ScheduleOf<'stages'>, phase: number): Generator<number> {
  const { stages: all, mostRetries, pollSeconds } = schedule;
  const most = mostRetries ?? Number.POSITIVE_INFINITY;
  let at = 0;
  let made = 0;
  for (const { everySeconds, times } of all) {
    for (let n = 0; (times === null || n < times) && made < most; n++) {
      const due = at + everySeconds;
      at = pollSeconds === null ? due : nextScan(due, pollSeconds, phase);
      made += 1;
      yield at;
    }
  }
}

function* geometric(schedule: ScheduleOf<'geometric'>): Generator<number> {
  let at = 0;
  for (let n = 0; schedule.retries === null || n < schedule.retries; n++) {
    at += geometricWait(schedule, n);
    yield Math.round(at);
  }
}

/** The wait before retry n + 1, without its jitter. */
export function geometricWait(schedule: ScheduleOf<'geometric'>, n: number): number {
  const wait = schedule.firstSeconds * geometricScale(schedule, n);
  return Math.min(wait, schedule.maxSeconds ?? Number.POSITIVE_INFINITY);
}

function geometricScale(schedule: ScheduleOf<'geometric'>, n: number): number {
  const power = schedule.factor ** n;
  return schedule.rounding === 'floor' ? Math.floor(power) : power;
}

/** By how much the wait before retry n + 1 can differ, in seconds: least and most. */
export function jitterRange(schedule: ScheduleOf<'geometric'>, n: number): [number, number] {
  const { jitter, firstSeconds } = schedule;
  if (jitter === null) return [0, 0];
  const unit = jitter.unit === 'first-wait' ? firstSeconds : 1;
  const scale = unit * (jitter.scaled ? geometricScale(schedule, n) : 1);
  const most = jitter.mostSeconds ?? Number.POSITIVE_INFINITY;
  return [Math.max(jitter.low * scale, -most), Math.min(jitter.high * scale, most)];
}

/** Shortest and longest wait before retry n + 1; null after the last. */
export function waitRange(
  { stages }: ScheduleOf<'wait-ranges'>,
  n: number,
): [number, number] | null {
  let before = 0;
  for (const { lowSeconds, highSeconds, times } of stages) {
    if (times === null || n < before + times) return [lowSeconds, highSeconds];
    before += times;
  }
  return null;
}

function* quadratic({ unitSeconds }: ScheduleOf<'quadratic'>): Generator<number> {
  for (let k = 1; ; k++) yield unitSeconds * k * k;
}

function* bursts(schedule: ScheduleOf<'bursts'>): Generator<number> {
  let at = 0;
  for (let tries = 1; ; tries++) {
    const burst = Math.floor(tries / schedule.triesPerBurst);
    const endsBurst = tries % schedule.triesPerBurst === 0;
    at += endsBurst
      ? schedule.longSeconds * 2 ** Math.min(burst, schedule.maxDoublings)
      : schedule.shortSeconds;
    yield at;
  }
}

/** The first scan comes 1 to scanSeconds after the first try. */
function* scan({ scanSeconds }: ScheduleOf<'scan'>, phase: number): Generator<number> {
  for (let k = 0; ; k++) yield phase + 1 + k * scanSeconds;
}

function* ageScan(schedule: ScheduleOf<'age-scan'>, phase: number): Generator<number> {
  const { scanSeconds, minWaitSeconds, maxWaitSeconds, earlySeconds, attemptSeconds } = schedule;
  let at = 0;
  for (;;) {
    const age = at + attemptSeconds;
    const sleep = Math.min(Math.max(age, minWaitSeconds), maxWaitSeconds);
    at = nextScan(age + sleep - earlySeconds, scanSeconds, phase);
    yield at;
  }
}

/** The first moment from `earliest` on that is `phase` modulo the period. */
function nextScan(earliest: number, period: number, phase: number): number {
  return phase + Math.ceil((earliest - phase) / period) * period;
}

function* retryRules(schedule: ScheduleOf<'retry-rules'>, phase: number): Generator<number> {
  const { scanSeconds, attemptSeconds } = schedule;
  const firstFailure = attemptSeconds;
  let lastFailure = 0;
  let dueAt = 0;
  let failedAt = firstFailure;
  for (;;) {
    const lastWait = Math.min(dueAt - lastFailure, failedAt - lastFailure);
    const wait = ruleWait(schedule, failedAt - firstFailure, lastWait);
    lastFailure = failedAt;
    dueAt = failedAt + Math.trunc(wait);
    const at = scanSeconds === null ? dueAt : nextScan(dueAt, scanSeconds, phase);
    yield at;
    failedAt = at + attemptSeconds;
  }
}

function ruleWait(
  { rules, maxWaitSeconds }: ScheduleOf<'retry-rules'>,
  sinceFirstFailure: number,
  lastWait: number,
): number {
  const rule = rules.find(({ untilSeconds }) => sinceFirstFailure <= untilSeconds) ?? rules.at(-1);
  if (rule === undefined) throw new RangeError('a retry schedule without rules');
  const most = maxWaitSeconds ?? Number.POSITIVE_INFINITY;
  if (rule.kind === 'fixed' || lastWait < rule.waitSeconds) return Math.min(rule.waitSeconds, most);
  return Math.min(lastWait * rule.factor, most);
}

function* observed(schedule: ScheduleOf<'observed'>): Generator<number> {
  yield* schedule.offsetsSeconds;
  const every = schedule.thenEverySeconds;
  const last = schedule.offsetsSeconds.at(-1);
  if (every === null || last === undefined) return;
  for (let at = last + every; at <= (schedule.untilSeconds ?? last); at += every) yield at;
}
