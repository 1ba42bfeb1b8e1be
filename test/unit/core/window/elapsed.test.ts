import { expect } from 'chai';
import fc from 'fast-check';
import {
  ageSeconds,
  clocksDisagree,
  elapsedSeconds,
  mostElapsed,
} from '../../../../src/core/window/elapsed.js';
import type { Stamp } from '../../../../src/model/time.js';

const at = (monotonicMs: number, wallMs = monotonicMs, segment = 0): Stamp => ({
  segment,
  monotonicMs,
  wallMs,
});

describe('elapsedSeconds', () => {
  it('is exact while both clocks tell the same', () => {
    expect(elapsedSeconds(at(1000), at(61_000))).to.deep.equal({ low: 60, high: 60 });
  });

  it('bears with a wall clock that is being slewed', () => {
    const hour = 3_600_000;
    expect(clocksDisagree(at(0), at(hour, hour + 1700))).to.equal(false);
    expect(elapsedSeconds(at(0), at(hour, hour + 1700))).to.deep.equal({ low: 3600, high: 3600 });
  });

  it('spans both readings where the machine slept', () => {
    expect(elapsedSeconds(at(0), at(10_000, 70_000))).to.deep.equal({ low: 10, high: 70 });
  });

  it('spans both readings where the wall clock was set back, and is never below zero', () => {
    expect(elapsedSeconds(at(0), at(10_000, -50_000))).to.deep.equal({ low: 0, high: 10 });
  });

  it('goes by the wall clock across processes, whose monotonic clocks do not compare', () => {
    expect(elapsedSeconds(at(999_000, 0, 0), at(5, 90_000, 1))).to.deep.equal({
      low: 90,
      high: 90,
    });
    expect(clocksDisagree(at(0, 0, 0), at(5, 9_000_000, 1))).to.equal(false);
  });

  it('has no upper end where the wall clock was set back between two processes', () => {
    const unknown = { low: 0, high: Number.POSITIVE_INFINITY };
    expect(elapsedSeconds(at(0, 90_000, 0), at(5, 0, 1))).to.deep.equal(unknown);
    // An hour later the wall clock shows more than at first again, and is not to be believed.
    const later = { ...at(5, 91_000, 2), timeLostAt: 1000 };
    expect(elapsedSeconds(at(0, 90_000, 0), later)).to.deep.equal({ ...unknown, low: 90 });
    const since = { ...at(0, 81_000, 1), timeLostAt: 1000 };
    expect(elapsedSeconds(since, later)).to.deep.equal({ low: 10, high: 10 });
  });

  it('goes by the monotonic clock across processes of one boot', () => {
    const later = (wallMs: number): Stamp => ({ ...at(9000, wallMs, 3), clock: 1 });
    expect(elapsedSeconds(at(1000, 1000, 1), later(9000))).to.deep.equal({ low: 8, high: 8 });
    expect(elapsedSeconds(at(1000, 1000, 1), later(-90_000))).to.deep.equal({ low: 8, high: 8 });
    // The machine slept, or the clock was set on.
    expect(elapsedSeconds(at(1000, 1000, 1), later(69_000))).to.deep.equal({ low: 8, high: 68 });
  });

  it('spans both readings across processes where the clocks moved apart within one', () => {
    const apart = (stamp: Stamp, apartMs: number): Stamp => ({ ...stamp, apartMs });
    const later = at(5, 3_690_000, 2);
    // The clock was set on by an hour, or the machine slept so long: 90 s or more have passed.
    expect(elapsedSeconds(at(0), apart(later, 3_600_000))).to.deep.equal({ low: 90, high: 3690 });
    // It was set back by an hour, after an hour and a half.
    const back = apart(at(5, 1_800_000, 1), -3_600_000);
    expect(elapsedSeconds(at(0), back)).to.deep.equal({ low: 1800, high: 5400 });
    // What was before the first of the two is no matter.
    expect(elapsedSeconds(apart(at(0), 3_600_000), apart(later, 3_600_000)).low).to.equal(3690);
  });
});

describe('clocks', () => {
  it('agree within 50 ms, and half a millisecond more for each second', () => {
    expect(clocksDisagree(at(0), at(1000, 1050))).to.equal(false);
    expect(clocksDisagree(at(0), at(1000, 1051))).to.equal(true);
    expect(clocksDisagree(at(0), at(3_600_000, 3_601_850))).to.equal(false);
    expect(clocksDisagree(at(0), at(3_600_000, 3_601_851))).to.equal(true);
    expect(clocksDisagree(at(5000, 9000), at(6000, 10_000))).to.equal(false);
    expect(clocksDisagree(at(1000, 1_000_000), at(2000, 1_001_000))).to.equal(false);
  });

  it('of two processes do not compare', () => {
    expect(clocksDisagree(at(0, 0, 0), at(5, 9_000_000, 1))).to.equal(false);
  });

  it('of two processes agree within the same bounds where they moved apart before', () => {
    const apart = (ms: number): Stamp => ({ ...at(5, 100_000, 1), apartMs: ms });
    expect(elapsedSeconds(at(0), apart(100))).to.deep.equal({ low: 100, high: 100 });
    expect(elapsedSeconds(at(0), apart(200))).to.deep.equal({ low: 99.8, high: 100 });
    const before: Stamp = { ...at(0), apartMs: 10_000 };
    expect(elapsedSeconds(before, at(5, 60_000, 1))).to.deep.equal({ low: 60, high: 70 });
  });

  it('of two processes may show no time, or less than none by one of two readings', () => {
    expect(elapsedSeconds(at(0, 5000), at(9, 5000, 1))).to.deep.equal({ low: 0, high: 0 });
    expect(elapsedSeconds(at(0, 5000), at(9, 5500, 1))).to.deep.equal({ low: 0.5, high: 0.5 });
    const apart: Stamp = { ...at(9, 10_000, 1), apartMs: 15_000 };
    expect(elapsedSeconds(at(0), apart)).to.deep.equal({ low: 0, high: 10 });
  });
});

describe('mostElapsed', () => {
  it('is the upper end, or the lower one where there is none', () => {
    expect(mostElapsed(at(0), at(10_000, 70_000))).to.equal(70);
    const later: Stamp = { ...at(5, 91_000, 2), timeLostAt: 1000 };
    expect(mostElapsed(at(0, 90_000), later)).to.equal(90);
  });
});

describe('ageSeconds', () => {
  it('is [sk - r0, rk - s0]', () => {
    const first = { sent: at(1000), replied: at(1400) };
    const later = { sent: at(61_000), replied: at(61_900) };
    expect(ageSeconds(first, later)).to.deep.equal({ low: 59.6, high: 60.9 });
  });

  it('contains the time between the moments at which the server saw them, whatever they were', () => {
    const times = fc.array(fc.integer({ min: 0, max: 10_000_000 }), {
      minLength: 6,
      maxLength: 6,
    });
    fc.assert(
      fc.property(times, (drawn) => {
        const [s0 = 0, seen0 = 0, r0 = 0, sk = 0, seenK = 0, rk = 0] = drawn.sort((a, b) => a - b);
        const age = ageSeconds(
          { sent: at(s0), replied: at(r0) },
          { sent: at(sk), replied: at(rk) },
        );
        const truth = (seenK - seen0) / 1000;
        expect(age.low).to.be.at.most(truth);
        expect(age.high).to.be.at.least(truth);
      }),
    );
  });
});
