import { expect } from 'chai';
import { parseTimeout } from '../../../../src/model/values/timeout.js';

describe('parseTimeout', () => {
  it('reads 1s to 10m, in seconds', () => {
    expect(['1s', '90s', '10m'].map(parseTimeout)).to.deep.equal([1, 90, 600]);
  });

  it('refuses what is shorter, longer, or has no unit', () => {
    for (const text of ['0.5s', '10m1s']) {
      expect(() => parseTimeout(text)).to.throw(`A timeout of ${text} is out of range.`);
    }
    expect(() => parseTimeout('30')).to.throw('no unit');
  });
});
