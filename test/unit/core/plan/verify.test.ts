import { expect } from 'chai';
import { assess } from '../../../../src/core/evidence/assess.js';
import { PROOF_CHANCE } from '../../../../src/core/evidence/chance.js';
import { greylists } from '../../../../src/sandbox/behaviours.js';
import { PLAIN_POLICY } from '../../../../src/sandbox/greylister-policy.js';
import { virtualRun } from '../run/support/virtual-run.js';

/*
 * Each connection to a distant host takes tenths of a second, so that tuples that were planted on a
 * ladder are rarely at the age that is wanted.
 */

const SEEDS = Array.from({ length: 20 }, (_, index) => index + 1);

describe('narrowing after the first pass', () => {
  for (const latencyMs of [
    { low: 0, high: 5 },
    { low: 25, high: 75 },
    { low: 75, high: 225 },
  ]) {
    it(`brings the opening near the resolution with ${latencyMs.low} to ${latencyMs.high} ms one way`, async () => {
      for (const seed of SEEDS) {
        const minute = greylists({ ...PLAIN_POLICY, delaySeconds: 60, clockGranularitySeconds: 1 });
        const { state, seconds } = await virtualRun(minute, {}, { seed, latencyMs });
        const { afterSeconds, bySeconds } = assess(state).inference.opens;
        expect(bySeconds, `seed ${seed}`).to.be.least(60);
        expect((bySeconds ?? 0) - (afterSeconds ?? 0), `seed ${seed}`).to.be.most(10);
        expect(seconds, `seed ${seed}`).to.be.most(110);
      }
    });
  }

  for (const [oneWayMs, width] of [
    [200, 4.5],
    [350, 4.5],
    [500, 8.5],
  ] as const) {
    it(`leaves no more than ${width} s of a minute with ${oneWayMs} ms one way, and proves it`, async () => {
      for (const seed of [1, 2, 3, 4, 5]) {
        const { state } = await virtualRun(
          greylists({ ...PLAIN_POLICY, delaySeconds: 60 }),
          {},
          { seed, latencyMs: { low: oneWayMs, high: oneWayMs + 20 } },
        );
        const { contrast, chance, inference } = assess(state);
        const { afterSeconds, bySeconds } = inference.opens;
        expect(afterSeconds, `seed ${seed}`).to.be.within(53, 60);
        expect(bySeconds, `seed ${seed}`).to.be.within(60, 63);
        expect((bySeconds ?? 0) - (afterSeconds ?? 0), `seed ${seed}`).to.be.most(width);
        expect([contrast === null, chance <= PROOF_CHANCE]).to.deep.equal([false, true]);
      }
    });
  }
});
