import { expect } from 'chai';
import { OwnRetries } from '../../../../src/core/observe/own-retries.js';

function noted(waits: readonly (readonly [retry: number, seconds: number])[]) {
  const retries = new OwnRetries();
  for (const [retry, seconds] of waits) retries.note(retry, seconds);
  return retries.found();
}

describe('the retries of a sender, as its log shows them', () => {
  it('are the median of the waits before each, with the tenths at both ends', () => {
    const first = [300, 310, 320, 330, 340, 350, 360, 370, 380, 390, 600];
    expect(noted(first.map((seconds) => [1, seconds] as const))).to.deep.equal([
      { retry: 1, seen: 11, medianSeconds: 350, lowSeconds: 310, highSeconds: 390 },
    ]);
  });

  it('end before one that was hardly seen', () => {
    const waits = [1, 1, 1, 2, 2, 2, 3, 3, 4, 4, 4].map((retry) => [retry, 60 * retry] as const);
    expect(noted(waits).map(({ retry }) => retry)).to.deep.equal([1, 2]);
    expect(noted([[2, 60]])).to.deep.equal([]);
  });

  it('are of the whole log however long it is', () => {
    const waits = Array.from({ length: 50_000 }, (_, n) => [1, n] as const);
    const [first] = noted(waits);
    expect(first?.seen).to.equal(50_000);
    expect(first?.medianSeconds).to.be.closeTo(25_000, 100);
    expect(first?.lowSeconds).to.be.closeTo(5_000, 100);
    expect(first?.highSeconds).to.be.closeTo(45_000, 100);
  });
});
