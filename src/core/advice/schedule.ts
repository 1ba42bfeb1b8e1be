import { Leeway } from './leeway.js';
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

/**
 * Follows a schedule through all phases of its queue scan. Phases within the leeway of one that was
 * followed end like it, `more` of them.
 */
export function overPhases<T>(
  schedule: FixedSchedule,
  follow: (phase: number, leeway: Leeway) => T,
): { readonly end: T; readonly more: number }[] {
  const last = phaseCount(schedule) - 1;
  const ends: { end: T; more: number }[] = [];
  for (let phase = 0; phase <= last; ) {
    const leeway = new Leeway();
    const end = follow(phase, leeway);
    const more = Math.min(leeway.seconds, last - phase);
    ends.push({ end, more });
    phase += 1 + more;
  }
  return ends;
}

/**
 * The retries of one phase, until the sender gives up. With a queue scan each comes as much later as the
 * phase is, within the leeway.
 */
export function* retries(
  schedule: FixedSchedule,
  giveUp: GiveUp,
  phase: number,
  leeway: Leeway = new Leeway(),
): Generator<number, void> {
  let previous = 0;
  let made = 0;
  for (const at of endless(schedule, phase, leeway)) {
    const judged = giveUp.test === 'failed-try' ? previous : at;
    if (made >= MOST_TRIES || at > LONGEST_SECONDS || isGivenUp(giveUp, judged)) return;
    leeway.atMost(at, 1, LONGEST_SECONDS);
    const slope = giveUp.test === 'failed-try' ? slopeAfter(made) : 1;
    leeway.atMost(judged, slope, giveUp.seconds ?? LONGEST_SECONDS);
    yield at;
    previous = at;
    made += 1;
  }
}

/** A later try is not made, given the age that is looked at. */
function isGivenUp({ seconds }: GiveUp, age: number): boolean {
  // Postfix: with a lifetime of 0 mail is tried once.
  return seconds !== null && (seconds === 0 || age > seconds);
}

function endless(schedule: FixedSchedule, phase: number, leeway: Leeway): Iterable<number> {
  switch (schedule.kind) {
    case 'stages':
      return stages(schedule, phase, leeway);
    case 'geometric':
      return geometric(schedule);
    case 'quadratic':
      return quadratic(schedule);
    case 'bursts':
      return bursts(schedule);
    case 'scan':
      return scan(schedule, phase);
    case 'age-scan':
      return ageScan(schedule, phase, leeway);
    case 'retry-rules':
      return retryRules(schedule, phase, leeway);
    case 'observed':
      return observed(schedule);
  }
}

function* stages(schedule: ScheduleOf<'stages'>, phase: number, leeway: Leeway): Generator<number> {
  const { stages: all, mostRetries, pollSeconds } = schedule;
  const most = mostRetries ?? Number.POSITIVE_INFINITY;
  let at = 0;
  let made = 0;
  for (const { everySeconds, times } of all) {
    for (let n = 0; (times === null || n < times) && made < most; n++) {
      const due = { seconds: at + everySeconds, slope: slopeAfter(made) };
      at = pollSeconds === null ? due.seconds : nextScan(due, pollSeconds, phase, leeway);
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

function* ageScan(
  schedule: ScheduleOf<'age-scan'>,
  phase: number,
  leeway: Leeway,
): Generator<number> {
  const { scanSeconds, minWaitSeconds, maxWaitSeconds, earlySeconds, attemptSeconds } = schedule;
  let at = 0;
  for (let made = 0; ; made++) {
    const age = at + attemptSeconds;
    const sleep = Math.min(Math.max(age, minWaitSeconds), maxWaitSeconds);
    const slope = slopeAfter(made);
    const bound = [minWaitSeconds, maxWaitSeconds].find((limit) => age <= limit);
    if (bound !== undefined) leeway.atMost(age, slope, bound);
    const due = {
      seconds: age + sleep - earlySeconds,
      slope: sleep === age ? 2 * slope : slope,
    };
    at = nextScan(due, scanSeconds, phase, leeway);
    yield at;
  }
}

/** The first try is made whatever the phase; the retries come with the scans. */
function slopeAfter(retriesMade: number): number {
  return retriesMade === 0 ? 0 : 1;
}

/** When something is due, and by how much later for each second that the scans come later. */
interface Due {
  readonly seconds: number;
  readonly slope: number;
}

/** The first moment from `due` on that is `phase` modulo the period. */
function nextScan(due: Due, period: number, phase: number, leeway: Leeway): number {
  const sincePhase = due.seconds - phase;
  const scans = Math.ceil(sincePhase / period);
  leeway.atMost(sincePhase, due.slope - 1, scans * period);
  leeway.below(-sincePhase, 1 - due.slope, -(scans - 1) * period);
  return phase + scans * period;
}

/** A growing wait grows from the last one as it was planned; a scan only makes it longer. */
function* retryRules(
  schedule: ScheduleOf<'retry-rules'>,
  phase: number,
  leeway: Leeway,
): Generator<number> {
  const { scanSeconds, attemptSeconds } = schedule;
  let at = 0;
  let wait = 0;
  for (let made = 0; ; made++) {
    const slope = slopeAfter(made);
    const rule = ruleAt(schedule, at);
    leeway.atMost(at, at <= rule.untilSeconds ? slope : 0, rule.untilSeconds);
    wait = Math.trunc(ruleWait(schedule, rule, wait));
    const due = { seconds: at + attemptSeconds + wait, slope };
    at = scanSeconds === null ? due.seconds : nextScan(due, scanSeconds, phase, leeway);
    yield at;
  }
}

type Rule = ScheduleOf<'retry-rules'>['rules'][number];

/** All tries last equally long: a try is as old as its failure is since the first failure. */
function ruleAt({ rules }: ScheduleOf<'retry-rules'>, at: number): Rule {
  const rule = rules.find(({ untilSeconds }) => at <= untilSeconds) ?? rules.at(-1);
  if (rule === undefined) throw new RangeError('a retry schedule without rules');
  return rule;
}

function ruleWait(
  { maxWaitSeconds }: ScheduleOf<'retry-rules'>,
  rule: Rule,
  lastWait: number,
): number {
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
