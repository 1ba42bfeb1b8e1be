import { expect } from 'chai';
import fc from 'fast-check';
import { BoundedTally } from '../../../../src/tasks/explain/bounded-tally.js';

describe('BoundedTally', () => {
  it('counts exactly while the keys fit', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'b', 'c', 'd')), (keys) => {
        const tally = new BoundedTally<null>(4);
        for (const key of keys) tally.add(key, () => null);
        const counts = new Map(tally.top(10).map(({ key, count }) => [key, count]));
        for (const key of new Set(keys)) {
          expect(counts.get(key)).to.equal(keys.filter((other) => other === key).length);
        }
        expect(tally.cut).to.equal(false);
      }),
    );
  });

  it('never holds more than its capacity, says when it cut, and never counts too much', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(50), { minLength: 60, maxLength: 400 }), (numbers) => {
        const tally = new BoundedTally<null>(8);
        for (const number of numbers) tally.add(`k${number}`, () => null);
        const rows = tally.top(1000);
        expect(rows.length).to.be.at.most(8);
        expect(tally.cut).to.equal(new Set(numbers).size > 8);
        for (const { key, count } of rows) {
          expect(count).to.be.at.most(numbers.filter((number) => `k${number}` === key).length);
        }
      }),
    );
  });

  it('keeps what is frequent', () => {
    const tally = new BoundedTally<null>(10);
    for (let n = 0; n < 1000; n += 1) {
      tally.add('often', () => null);
      tally.add(`once-${n}`, () => null);
    }
    expect(tally.top(1)).to.deep.equal([{ key: 'often', count: 1000, about: null }]);
  });
});
