import { expect } from 'chai';
import { greylists } from '../../../../src/sandbox/behaviours.js';
import { POSTGREY_LIKE } from '../../../../src/sandbox/models/index.js';
import { packRun, unpackRun } from '../../../../src/tasks/survey/pack.js';
import { virtualRun } from '../../core/run/support/virtual-run.js';

describe('a run that waits', () => {
  for (const [delaySeconds, mostBytes] of [
    [20, 4096],
    [3600, 10_240],
  ] as const) {
    it(`takes at most ${mostBytes} bytes at ${delaySeconds} s, and is the same afterwards`, async () => {
      const { state } = await virtualRun(greylists({ ...POSTGREY_LIKE, delaySeconds }));
      const packed = packRun(state);
      expect(packed.length).to.be.at.most(mostBytes);
      expect(unpackRun(packed).state).to.deep.equal(state);
    });
  }
});
