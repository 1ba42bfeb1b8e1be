import { readdirSync } from 'node:fs';
import { expect } from 'chai';
import { Scratch } from '../../../../src/edges/system/scratch.js';
import { greylists } from '../../../../src/sandbox/behaviours.js';
import { POSTGREY_LIKE } from '../../../../src/sandbox/models/index.js';
import {
  MOST_PACKED_BYTES,
  packed,
  packRun,
  unpackRun,
} from '../../../../src/tasks/survey/pack.js';
import { virtualRun } from '../../core/run/support/virtual-run.js';
import { temporaryFolder } from '../../edges/journal/support/folder.js';

describe('a run that waits', () => {
  const folder = temporaryFolder();

  /** On the disk from how many attempts on. */
  for (const [delaySeconds, isOnDisk] of [
    [20, false],
    [3600, true],
  ] as const) {
    it(`takes at most 4 KB of memory at ${delaySeconds} s, and is the same afterwards`, async () => {
      const { state } = await virtualRun(greylists({ ...POSTGREY_LIKE, delaySeconds }));
      const scratch = new Scratch(folder());
      for (let visit = 0; visit < 3; visit += 1) {
        const run = packRun(state, scratch);
        expect(Buffer.isBuffer(run)).to.equal(!isOnDisk);
        expect(run.length > MOST_PACKED_BYTES).to.equal(isOnDisk);
        expect(unpackRun(run, scratch).state).to.deep.equal(state);
      }
      expect(readdirSync(folder())).to.deep.equal([]);
    });
  }

  it('stays in memory where there is no disk for it', async () => {
    const { state } = await virtualRun(greylists({ ...POSTGREY_LIKE, delaySeconds: 3600 }));
    const scratch = new Scratch('/nowhere/at/all');
    const run = packRun(state, scratch);
    expect(run).to.deep.equal(packed(state));
    expect(unpackRun(run, scratch).state).to.deep.equal(state);
  });
});
