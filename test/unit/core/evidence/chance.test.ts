import { expect } from 'chai';
import fc from 'fast-check';
import { chanceOfPattern, PROOF_CHANCE } from '../../../../src/core/evidence/chance.js';

describe('chanceOfPattern', () => {
  it('proves nothing without deferrals, or with one acceptance', () => {
    expect(chanceOfPattern(0, 5)).to.equal(1);
    expect(chanceOfPattern(40, 0)).to.equal(1);
    expect(chanceOfPattern(40, 1)).to.equal(1);
  });

  it('is the best case of one such pattern, as often as there are attempts', () => {
    // p = 40/41: (40/41)^40 (1/41), 42 times.
    expect(chanceOfPattern(40, 2)).to.be.closeTo(0.381_514, 1e-6);
    expect(chanceOfPattern(2, 2)).to.be.closeTo(16 / 27, 1e-12);
    expect(chanceOfPattern(1, 2)).to.equal(0.75);
    expect(chanceOfPattern(3, 3)).to.be.closeTo(0.207_36, 1e-12);
    expect(chanceOfPattern(1, 1)).to.equal(1);
  });

  it('is proof below once in five thousand runs', () => {
    expect(PROOF_CHANCE).to.equal(1 / 5000);
  });

  it('bounds every pattern that a random server can show, whatever its probability', () => {
    const counts = fc.integer({ min: 1, max: 60 });
    const probabilities = fc.integer({ min: 1, max: 999 }).map((per) => per / 1000);
    fc.assert(
      fc.property(counts, counts, probabilities, (deferred, accepted, p) => {
        const further = accepted - 1;
        const pattern = p ** deferred * (1 - p) ** further;
        expect(chanceOfPattern(deferred, accepted)).to.be.at.least(Math.min(1, pattern));
      }),
    );
  });

  it('falls with every further deferral and acceptance, once there are a few', () => {
    expect(chanceOfPattern(30, 5)).to.be.below(chanceOfPattern(20, 5));
    expect(chanceOfPattern(20, 6)).to.be.below(chanceOfPattern(20, 5));
  });

  it('takes the contrasts of a few connections for proof, and a single one not', () => {
    expect(chanceOfPattern(2, 2)).to.be.above(PROOF_CHANCE);
    expect(chanceOfPattern(40, 5)).to.be.below(PROOF_CHANCE);
  });
});
