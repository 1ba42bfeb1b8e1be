import { expect } from 'chai';
import {
  type FixedSchedule,
  isFixed,
  jitterRange,
  phaseCount,
  retries,
} from '../../../../src/core/advice/schedule.js';
import type { GiveUp, ScheduleOf } from '../../../../src/core/advice/sender-schema.js';

const NEVER: GiveUp = { seconds: null, test: 'before-try', confidence: 'source' };

/** The first tries after the first one, in seconds. */
function tries(schedule: FixedSchedule, { most = 6, phase = 0, giveUp = NEVER } = {}): number[] {
  const all: number[] = [];
  for (const at of retries(schedule, giveUp, phase)) {
    if (all.length === most) break;
    all.push(at);
  }
  return all;
}

function stages(changes: Partial<ScheduleOf<'stages'>> = {}): ScheduleOf<'stages'> {
  return {
    kind: 'stages',
    mostRetries: null,
    pollSeconds: null,
    stages: [
      { everySeconds: 60, times: 2 },
      { everySeconds: 300, times: null },
    ],
    ...changes,
  };
}

function geometric(changes: Partial<ScheduleOf<'geometric'>> = {}): ScheduleOf<'geometric'> {
  return {
    kind: 'geometric',
    firstSeconds: 100,
    factor: 1.5,
    rounding: 'none',
    maxSeconds: null,
    retries: null,
    jitter: null,
    ...changes,
  };
}

const AGE_SCAN: ScheduleOf<'age-scan'> = {
  kind: 'age-scan',
  scanSeconds: 300,
  minWaitSeconds: 300,
  maxWaitSeconds: 1_000,
  earlySeconds: 1,
  attemptSeconds: 2,
};

function rules(changes: Partial<ScheduleOf<'retry-rules'>> = {}): ScheduleOf<'retry-rules'> {
  return {
    kind: 'retry-rules',
    rules: [
      { kind: 'fixed', untilSeconds: 250, waitSeconds: 100, factor: 1 },
      { kind: 'growing', untilSeconds: 2_000, waitSeconds: 200, factor: 1.5 },
    ],
    maxWaitSeconds: null,
    scanSeconds: null,
    attemptSeconds: 0,
    ...changes,
  };
}

describe('the tries of a schedule', () => {
  it('of stages come stage by stage, the last one for ever', () => {
    expect(tries(stages())).to.deep.equal([60, 120, 420, 720, 1020, 1320]);
    expect(tries(stages({ mostRetries: 3 }))).to.deep.equal([60, 120, 420]);
    expect(tries(stages({ mostRetries: 1 }))).to.deep.equal([60]);
    expect(tries(stages({ stages: [{ everySeconds: 60, times: 2 }] }))).to.deep.equal([60, 120]);
    expect(tries(stages({ stages: [] }))).to.deep.equal([]);
  });

  it('of stages come with the polls of the queue: each wait counts from the try before', () => {
    const polled = stages({ pollSeconds: 50 });
    expect(tries(polled, { most: 4 })).to.deep.equal([100, 200, 500, 800]);
    expect(tries(polled, { most: 4, phase: 10 })).to.deep.equal([60, 160, 460, 760]);
    expect(phaseCount(polled)).to.equal(50);
  });

  it('that grow by a factor come at whole seconds', () => {
    // 100 + 150 + 225 + 337.5 + 506.25
    expect(tries(geometric(), { most: 5 })).to.deep.equal([100, 250, 475, 813, 1319]);
    expect(tries(geometric({ retries: 2 }))).to.deep.equal([100, 250]);
    expect(tries(geometric({ maxSeconds: 200 }), { most: 4 })).to.deep.equal([100, 250, 450, 650]);
    // Powers of 1.5 cut to whole numbers: 1, 1, 2, 3.
    const cut = geometric({ rounding: 'floor' });
    expect(tries(cut, { most: 4 })).to.deep.equal([100, 200, 400, 700]);
    expect(phaseCount(cut)).to.equal(1);
  });

  it('that grow by squares', () => {
    const squares = { kind: 'quadratic', unitSeconds: 400 } as const;
    expect(tries(squares, { most: 4 })).to.deep.equal([400, 1600, 3600, 6400]);
  });

  it('in bursts: short waits, then a long one that doubles, up to a bound', () => {
    const bursts: ScheduleOf<'bursts'> = {
      kind: 'bursts',
      shortSeconds: 10,
      triesPerBurst: 3,
      longSeconds: 100,
      maxDoublings: 2,
    };
    // Tries 3, 6, 9 and 12 of all end bursts: 200, 400, 400, 400 s follow.
    expect(tries(bursts, { most: 12 })).to.deep.equal([
      10, 20, 220, 230, 240, 640, 650, 660, 1060, 1070, 1080, 1480,
    ]);
  });

  it('at each scan of the queue', () => {
    const scan = { kind: 'scan', scanSeconds: 300 } as const;
    expect(tries(scan, { most: 3 })).to.deep.equal([1, 301, 601]);
    expect(tries(scan, { most: 3, phase: 299 })).to.deep.equal([300, 600, 900]);
    expect(phaseCount(scan)).to.equal(300);
  });

  it('after a sleep as long as the mail is old, within bounds, at the next scan', () => {
    // Asleep until 2 + 300 - 1 = 301, then 602 + 602 - 1 = 1203, then 1502 + 1000 - 1 = 2501.
    expect(tries(AGE_SCAN, { most: 4 })).to.deep.equal([600, 1_500, 2_700, 3_900]);
    expect(tries(AGE_SCAN, { most: 3, phase: 1 })).to.deep.equal([301, 901, 2_101]);
    expect(phaseCount(AGE_SCAN)).to.equal(300);
  });

  it('by rules of age', () => {
    // At 100 and 200 s the first rule, from 300 s on the second: 200, 300, 450 s.
    expect(tries(rules())).to.deep.equal([100, 200, 300, 500, 800, 1_250]);
    expect(tries(rules({ maxWaitSeconds: 250 }))).to.deep.equal([100, 200, 300, 500, 750, 1_000]);
    expect(tries(rules({ maxWaitSeconds: 50 }), { most: 3 })).to.deep.equal([50, 100, 150]);
    expect(tries(rules({ attemptSeconds: 5 }), { most: 4 })).to.deep.equal([105, 210, 315, 520]);
    const scanned = rules({ scanSeconds: 60 });
    expect(tries(scanned, { most: 3 })).to.deep.equal([120, 240, 360]);
    expect(phaseCount(scanned)).to.equal(60);
    expect(phaseCount(rules())).to.equal(1);
  });

  it('by rules of age: the last one goes on, and growing waits are cut to seconds', () => {
    const [, growing = null] = rules().rules;
    if (growing === null) throw new Error('no rule');
    const odd = rules({ rules: [{ ...growing, untilSeconds: 300, waitSeconds: 11 }] });
    // 11, 16.5, 24, 36 s
    expect(tries(odd, { most: 4 })).to.deep.equal([11, 27, 51, 87]);
    expect(() => tries(rules({ rules: [] }))).to.throw(RangeError, 'without rules');
  });

  it('as somebody saw them', () => {
    const observed: ScheduleOf<'observed'> = {
      kind: 'observed',
      offsetsSeconds: [10, 70],
      thenEverySeconds: null,
      untilSeconds: null,
      gaveUp: false,
    };
    expect(tries(observed)).to.deep.equal([10, 70]);
    const goesOn = { ...observed, thenEverySeconds: 100, untilSeconds: 270 };
    expect(tries(goesOn)).to.deep.equal([10, 70, 170, 270]);
    expect(tries({ ...goesOn, untilSeconds: 269 })).to.deep.equal([10, 70, 170]);
    expect(tries({ ...goesOn, untilSeconds: null })).to.deep.equal([10, 70]);
    expect(tries({ ...goesOn, offsetsSeconds: [] })).to.deep.equal([]);
  });
});

describe('the end of a schedule', () => {
  const until = (seconds: number, test: GiveUp['test']) =>
    tries(stages(), { giveUp: { seconds, test, confidence: 'source' } });

  it('is the last try before the sender gives up', () => {
    expect(until(420, 'before-try')).to.deep.equal([60, 120, 420]);
    expect(until(419, 'before-try')).to.deep.equal([60, 120]);
  });

  it('is one try later where the age is looked at when a try has failed', () => {
    expect(until(119, 'failed-try')).to.deep.equal([60, 120]);
    expect(until(120, 'failed-try')).to.deep.equal([60, 120, 420]);
  });

  it('is the first try where mail lives for no time at all', () => {
    expect(until(0, 'before-try')).to.deep.equal([]);
    expect(until(0, 'failed-try')).to.deep.equal([]);
  });

  it('comes after 400 days where a sender never gives up', () => {
    const daily = stages({ stages: [{ everySeconds: 86_400, times: null }] });
    expect(tries(daily, { most: 1_000 })).to.have.length(400);
  });

  it('comes after so many tries as a week has seconds', () => {
    const each = stages({ stages: [{ everySeconds: 1, times: null }] });
    expect(tries(each, { most: 1_000_000 })).to.have.length(604_800);
  });
});

describe('the jitter of a wait', () => {
  const jitter = { low: -0.5, high: 0.25, unit: 'seconds', scaled: false } as const;

  it('is in seconds, or in first waits, and may grow with the wait', () => {
    expect(jitterRange(geometric(), 3)).to.deep.equal([0, 0]);
    expect(jitterRange(geometric({ jitter }), 3)).to.deep.equal([-0.5, 0.25]);
    const ofFirst = { ...jitter, unit: 'first-wait' } as const;
    expect(jitterRange(geometric({ jitter: ofFirst }), 3)).to.deep.equal([-50, 25]);
    const grows = { ...ofFirst, scaled: true };
    expect(jitterRange(geometric({ jitter: grows }), 2)).to.deep.equal([-112.5, 56.25]);
    const bounded = { ...grows, mostSeconds: 60 };
    expect(jitterRange(geometric({ jitter: bounded }), 2)).to.deep.equal([-60, 56.25]);
  });
});

describe('a schedule without chance', () => {
  it('is one whose tries follow from the phase', () => {
    expect(isFixed(stages())).to.equal(true);
    expect(isFixed(AGE_SCAN)).to.equal(true);
    expect(isFixed({ kind: 'wait-ranges', stages: [] })).to.equal(false);
    expect(isFixed({ kind: 'age-brackets', brackets: [], jitterSeconds: 1 })).to.equal(false);
  });
});
