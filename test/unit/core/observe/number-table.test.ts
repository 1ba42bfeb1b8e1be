import { expect } from 'chai';
import fc from 'fast-check';
import { NumberTable } from '../../../../src/core/observe/number-table.js';

/** Keys that meet in the same places: all end in the same few bits. */
const KEY = fc.integer({ min: 0, max: 40 }).map((n) => (n % 5) + 1 + 4_294_967_296 * n);
const STEP = fc.record({ key: KEY, keeps: fc.boolean(), value: fc.integer() });

describe('NumberTable', () => {
  it('keeps what a Map keeps, whatever is put in and taken out', () => {
    fc.assert(
      fc.property(fc.array(STEP, { maxLength: 400 }), (steps) => {
        const table = new NumberTable<number>();
        const map = new Map<number, number>();
        for (const { key, keeps, value } of steps) {
          if (keeps) {
            table.set(key, value);
            map.set(key, value);
          } else {
            table.delete(key);
            map.delete(key);
          }
          expect(table.get(key)).to.equal(map.get(key));
        }
        expect(table.size).to.equal(map.size);
        for (const [key, value] of map) expect(table.get(key)).to.equal(value);
      }),
      { numRuns: 200 },
    );
  });

  it('grows', () => {
    const table = new NumberTable<string>();
    for (let key = 1; key <= 5000; key += 1) table.set(key * 1024, String(key));
    expect(table.size).to.equal(5000);
    expect(table.get(1024)).to.equal('1');
    expect(table.get(5000 * 1024)).to.equal('5000');
    expect(table.get(7)).to.equal(undefined);
  });
});
