import { expect } from 'chai';
import {
  createVirtualRandom,
  drawBetween,
} from '../../../../src/sandbox/virtual/virtual-random.js';

describe('createVirtualRandom', () => {
  it('repeats itself for one seed and differs for another', () => {
    const draw = (seed: number) => {
      const random = createVirtualRandom(seed);
      return Array.from({ length: 20 }, () => random.integer(1_000_000));
    };
    expect(draw(7)).deep.equal(draw(7));
    expect(draw(7)).not.deep.equal(draw(8));
  });

  it('is about uniform and stays below', () => {
    const random = createVirtualRandom(1);
    const counts = new Array<number>(10).fill(0);
    for (let n = 0; n < 10_000; n += 1) {
      const drawn = random.integer(10);
      counts[drawn] = (counts[drawn] ?? 0) + 1;
    }
    expect(counts).length(10);
    for (const count of counts) expect(count).within(850, 1150);
  });

  it('refuses a bound that means nothing', () => {
    for (const below of [0, -1, 1.5, Number.NaN, 2 ** 33]) {
      expect(() => createVirtualRandom(1).integer(below)).throw(RangeError);
    }
  });
});

describe('drawBetween', () => {
  it('reaches both ends', () => {
    const random = createVirtualRandom(3);
    const drawn = new Set(Array.from({ length: 100 }, () => drawBetween(random, 4, 6)));
    expect([...drawn].sort()).deep.equal([4, 5, 6]);
  });
});
