import { expect } from 'chai';
import { greylists } from '../../../../src/sandbox/behaviours.js';
import { POSTGREY_LIKE } from '../../../../src/sandbox/models/index.js';
import { packRun, unpackRun } from '../../../../src/tasks/survey/pack.js';
import { virtualRun } from '../../core/run/support/virtual-run.js';

describe('a run that waits', () => {
  it('takes at most 4 KB, and is the same afterwards', async () => {
    const { state } = await virtualRun(greylists({ ...POSTGREY_LIKE, delaySeconds: 1800 }));
    expect(state.attempts.length).to.be.above(20);
    const packed = packRun(state);
    expect(packed.length).to.be.at.most(4096);
    expect(unpackRun(packed).state).to.deep.equal(state);
  });
});
