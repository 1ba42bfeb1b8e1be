import { expect } from 'chai';
import fc from 'fast-check';
import { newRunId } from '../../../../src/edges/journal/run-id.js';
import { createVirtualRandom } from '../../../../src/sandbox/virtual/virtual-random.js';

describe('run ids', () => {
  it('are the time in UTC and a word', () => {
    const id = newRunId(Date.UTC(2026, 10, 23, 19, 45, 7, 999), createVirtualRandom(1));
    expect(id).to.match(/^20261123T194507-[a-z]{4}$/u);
  });

  it('sort by time', () => {
    const time = fc.integer({ min: 0, max: Date.UTC(9999, 11, 31) });
    fc.assert(
      fc.property(time, time, fc.nat(), (a, b, seed) => {
        fc.pre(Math.floor(a / 1000) < Math.floor(b / 1000));
        const random = createVirtualRandom(seed);
        expect(newRunId(a, random) < newRunId(b, random)).to.equal(true);
      }),
    );
  });
});
