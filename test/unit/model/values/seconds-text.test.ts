import { expect } from 'chai';
import { bracketText } from '../../../../src/model/values/seconds-text.js';

describe('bracketText', () => {
  const cases = [
    [5.1, 22, '5.1 to 22 s'],
    [5.1, 2663, '5.1 s to 44 min 23 s'],
    [1203.8, 1505, '20 min 4 s to 25 min 5 s'],
    [null, 3.5, 'less than 3.5 s'],
    [3900, null, 'more than 1 h 5 min'],
    [null, null, '?'],
  ] as const;
  for (const [afterSeconds, bySeconds, expected] of cases) {
    it(`says ${expected}`, () => {
      expect(bracketText({ afterSeconds, bySeconds })).to.equal(expected);
    });
  }
});
