import { expect } from 'chai';
import fc from 'fast-check';
import { landingOf } from '../../../../src/core/advice/landing.js';
import type { LandingWindow } from '../../../../src/core/advice/landing-tally.js';
import { Leeway } from '../../../../src/core/advice/leeway.js';
import { type FixedSchedule, phaseCount, retries } from '../../../../src/core/advice/schedule.js';
import type { GiveUp } from '../../../../src/core/advice/sender-schema.js';

const wait = fc.integer({ min: 1, max: 90 });
const period = fc.integer({ min: 2, max: 60 });

const schedules: fc.Arbitrary<FixedSchedule> = fc.oneof(
  fc.record({ kind: fc.constant('scan' as const), scanSeconds: period }),
  fc.record({
    kind: fc.constant('age-scan' as const),
    scanSeconds: period,
    minWaitSeconds: wait,
    maxWaitSeconds: fc.integer({ min: 90, max: 400 }),
    earlySeconds: fc.integer({ min: 0, max: 2 }),
    attemptSeconds: fc.integer({ min: 0, max: 5 }),
  }),
  fc.record({
    kind: fc.constant('retry-rules' as const),
    rules: fc.array(
      fc.record({
        kind: fc.constantFrom('fixed' as const, 'growing' as const),
        untilSeconds: fc.integer({ min: 0, max: 600 }),
        waitSeconds: wait,
        factor: fc.constantFrom(1, 1.5, 2),
      }),
      { minLength: 1, maxLength: 4 },
    ),
    maxWaitSeconds: fc.option(fc.integer({ min: 60, max: 200 })),
    scanSeconds: fc.option(period),
    attemptSeconds: fc.integer({ min: 0, max: 5 }),
  }),
  fc.record({
    kind: fc.constant('stages' as const),
    mostRetries: fc.option(fc.integer({ min: 0, max: 8 })),
    pollSeconds: fc.option(period),
    stages: fc.array(
      fc.record({ everySeconds: wait, times: fc.option(fc.integer({ min: 0, max: 4 })) }),
      { maxLength: 4 },
    ),
  }),
);

const giveUps: fc.Arbitrary<GiveUp> = fc.record({
  seconds: fc.integer({ min: 0, max: 1_200 }),
  test: fc.constantFrom('before-try' as const, 'failed-try' as const),
  confidence: fc.constant('source' as const),
});

const windows: fc.Arbitrary<LandingWindow> = fc
  .record({
    opensSeconds: fc.oneof(
      fc.integer({ min: 0, max: 900 }),
      fc.double({ min: 0, max: 900, noNaN: true }),
    ),
    width: fc.integer({ min: 0, max: 120 }),
    restartsTimer: fc.boolean(),
  })
  .map(({ opensSeconds, width, restartsTimer }) => ({
    opensSeconds,
    closesSeconds: opensSeconds + width,
    restartsTimer,
  }));

/** Phase by phase, without any leeway. */
function landingOfEach(schedule: FixedSchedule, giveUp: GiveUp, window: LandingWindow) {
  const landed: number[] = [];
  const lastTries: number[] = [];
  for (let phase = 0; phase < phaseCount(schedule); phase++) {
    let origin = 0;
    let last = 0;
    let at: number | null = null;
    for (const one of retries(schedule, giveUp, phase)) {
      last = one;
      const age = one - origin;
      if (age >= window.opensSeconds && age <= window.closesSeconds) {
        at = one;
        break;
      }
      if (age > window.closesSeconds || window.restartsTimer) origin = one;
    }
    if (at === null) lastTries.push(last);
    else landed.push(at);
  }
  return {
    earliestSeconds: landed.length === 0 ? null : Math.min(...landed),
    latestSeconds: landed.length === 0 ? null : Math.max(...landed),
    missChance: lastTries.length / phaseCount(schedule),
    lastTrySeconds: lastTries.length === 0 ? null : Math.max(...lastTries),
  };
}

describe('leeway', () => {
  it('holds for as long as a value that grows is at most its limit, or below it', () => {
    const leeway = new Leeway();
    leeway.atMost(10, 0, 5);
    expect(leeway.seconds).to.equal(Number.POSITIVE_INFINITY);
    leeway.atMost(10, 1, 30);
    expect(leeway.seconds).to.equal(20);
    leeway.below(10, 1, 30);
    expect(leeway.seconds).to.equal(19);
    leeway.atMost(10, 2, 31);
    expect(leeway.seconds).to.equal(10);
    leeway.below(10, 1, 12.5);
    expect(leeway.seconds).to.equal(2);
  });

  it('gives what following every phase gives', () => {
    fc.assert(
      fc.property(schedules, giveUps, windows, (schedule, giveUp, window) => {
        const { retry, ...landing } = landingOf(schedule, giveUp, window);
        expect(landing).to.deep.equal(landingOfEach(schedule, giveUp, window));
        expect(retry === null).to.equal(landing.earliestSeconds === null);
      }),
      { numRuns: 2_000 },
    );
  });
});
