import { expect } from 'chai';
import fc from 'fast-check';
import { ladderAges } from '../../../../src/core/plan/ladder.js';

const COMMON_SECONDS = [60, 180, 300, 600, 900, 1200, 1500, 1800, 3000, 3600];

const ladder = (maxWaitSeconds: number, ...likelyDelaysSeconds: readonly number[]) =>
  ladderAges({ maxWaitSeconds, likelyDelaysSeconds, freshSenders: true });

describe('the ladder', () => {
  it('goes up by a part of the age, and steps beyond common delays on its way', () => {
    // 18.8 = 9 x 1.2 + 8; 61.3 lies beyond a minute; 126.6 = 81.6 x 1.11 + 36.
    const steps = [2, 9, 18.8, 30.6, 44.7, 61.3, 81.6, 126.6, 181.6, 237.6, 301.8, 371];
    expect(ladder(400)).to.deep.equal([...steps, 400]);
    expect(ladder(371)).to.deep.equal(steps);
    expect(ladder(9)).to.deep.equal([2, 9]);
    expect(ladder(2)).to.deep.equal([2]);
  });

  it('has steps below and above a likely delay, and no other that near', () => {
    const below = [2, 9, 18.8, 30.6, 44.7, 61.3, 81.6];
    // 226.5 = 230 x 0.99 - 1.2, and 231.7 = 230 x 1.002 + 1.2 take the place of 237.6.
    expect(ladder(300, 230)).to.deep.equal([...below, 126.6, 181.6, 226.5, 231.7, 300]);
    expect(ladder(233, 230), 'but for the last').to.deep.equal([
      ...below,
      126.6,
      181.6,
      226.5,
      231.7,
      233,
    ]);
    expect(ladder(81.6, 0), 'a delay of zero adds none').to.deep.equal(below);
    expect(ladder(81.6, 2), 'there is nothing to see before 1 s').to.deep.equal([
      2, 3.2, 9, 18.8, 30.6, 44.7, 61.3, 81.6,
    ]);
    expect(ladder(81.6, 81.6), 'nor after the longest wait').to.deep.equal([
      2, 9, 18.8, 30.6, 44.7, 61.3, 79.6, 81.6,
    ]);
  });

  it('looks early, then at ages that lie ever nearer to each other, by their ratio', () => {
    const ages = ladder(3900);
    expect(ages[0]).to.be.below(3);
    for (const [index, age] of ages.entries()) {
      const before = ages[index - 1] ?? 0;
      expect(age, `after ${before}`).to.be.within(before + 1, before * 1.25 + 37);
    }
  });

  it('ends with the longest wait, and costs few connections', () => {
    expect(ladder(3900).at(-1)).to.equal(3900);
    expect(ladder(3900)).to.have.length.below(31);
    expect(ladder(5)).to.deep.equal([2, 5]);
  });

  it('has a step just above the common delays that lie on its way', () => {
    // 20, 25, 30, 50 and 60 minutes.
    expect(ladder(3900).filter((age) => age > 1100)).to.deep.equal([
      1203.6, 1372, 1504.2, 1804.8, 2039.3, 2299.6, 2588.6, 3007.2, 3608.4, 3900,
    ]);
    const met = COMMON_SECONDS.filter((delay) =>
      ladder(3900).some((age) => age > delay && age < delay * 1.01 + 2),
    );
    expect(met).to.include.members([60, 300, 600, 900, 1800, 3600]);
  });

  it('brackets a likely delay between steps close to it', () => {
    for (const delay of [120, 321, 1500, 2400]) {
      const ages = ladder(3900, delay);
      expect(
        ages.some((age) => age < delay && age > delay * 0.97 - 2),
        `below ${delay}`,
      ).to.equal(true);
      expect(
        ages.some((age) => age > delay && age < delay * 1.01 + 2),
        `above ${delay}`,
      ).to.equal(true);
    }
  });

  it('ascends, within the longest wait, whatever the server states', () => {
    const waits = fc.integer({ min: 1, max: 200_000 });
    fc.assert(
      fc.property(waits, fc.array(waits, { maxLength: 3 }), (maxWait, likely) => {
        const ages = ladder(maxWait, ...likely);
        expect(ages.at(-1)).to.equal(maxWait);
        expect(ages.every((age, index) => age > (ages[index - 1] ?? 0))).to.equal(true);
      }),
    );
  });

  it('goes in longer steps where one sender must be tried again and again', () => {
    const late = (freshSenders: boolean) =>
      ladderAges({ maxWaitSeconds: 2000, likelyDelaysSeconds: [], freshSenders }).filter(
        (age) => age > 1000,
      );
    expect(late(false)).to.have.length.below(late(true).length);
    // 105.9 = 81.6 x 1.2 + 8.
    expect(
      ladderAges({ maxWaitSeconds: 150, likelyDelaysSeconds: [], freshSenders: false }),
    ).to.deep.equal([2, 9, 18.8, 30.6, 44.7, 61.3, 81.6, 105.9, 135.1, 150]);
  });
});
