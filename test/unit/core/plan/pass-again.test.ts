import { expect } from 'chai';
import { nextKnown } from '../../../../src/core/plan/pass-again.js';
import { usedUp } from '../run/support/short-story.js';
import { viewAt } from './support/view-at.js';

const next = (...given: Parameters<typeof viewAt>) =>
  nextKnown(viewAt(...given))?.history.tuple.id ?? null;

/** Three plantings, of which 1, 4 and 5 have passed. */
const PASSED = ['0: 1x 2x', '60: 3x 4x 1x', '120: 5x 1x', '300: 6x 1o 7x', '500: 8x 4o 5o 9x'];

describe('who has passed is tried again', () => {
  it('one of each planting, the oldest first', () => {
    expect(next(510, PASSED)).to.equal('t1');
    expect(next(510, [...PASSED, '510: 1o 10x'])).to.equal('t4');
    expect(next(510, [...PASSED, '510: 1o 4o 10x'])).to.equal('t5');
    expect(next(510, [...PASSED, '505: 2o 10x', '510: 1o 4o 5o 11x'])).to.equal(null);
  });

  it('whatever it is told then', () => {
    expect(next(510, [...PASSED, '510: 1x'])).to.equal('t4');
  });

  it('of three plantings at most', () => {
    const lines = [
      '0: 1x',
      '10 plant: 2x',
      '20 plant: 3x',
      '30 plant: 4x',
      '60: 1x 2x 3x 4x',
      '300: 5x 1o 2o 3o 4o 6x',
    ];
    expect(next(400, [...lines, '310: 1o 2o 7x'])).to.equal('t3');
    expect(next(400, [...lines, '310: 1o 2o 3o 7x'])).to.equal(null);
  });

  it('in another connection than that in which it passed', () => {
    expect(next(300.8, [...PASSED.slice(0, 3), '300: 6x 1o ...'])).to.equal(null);
    expect(next(300.8, [...PASSED.slice(0, 3), '300: 6x 1o'])).to.equal('t1');
  });

  it('where a control can follow, and tells something', () => {
    expect(next(510, PASSED, { stage: 'data' })).to.equal(null);
    expect(next(510, PASSED, { senders: usedUp(PASSED) })).to.equal(null);
    expect(next(510, [...PASSED, '505: 10o'])).to.equal(null);
    expect(next(510, ['0: 1x 2/', '60: 1x 3/', '300: 1o 4x'])).to.equal(null);
    expect(next(510, ['0: 1x 2x', '60: 3x 1x']), 'nobody has passed').to.equal(null);
  });
});
