import { expect } from 'chai';
import {
  chanceOfPairs,
  forwardPairs,
  type PairContact,
} from '../../../../src/core/observe/forward-pairs.js';

function contact(at: number, tuple: number, more: Partial<PairContact>): PairContact {
  return { at, source: 1, tuple, fresh: true, accepted: false, age: 0, passedAt: null, ...more };
}

function old(at: number, tuple: number, accepted: boolean): PairContact {
  return contact(at, tuple, { fresh: false, accepted, age: 900 });
}

describe('forward pairs', () => {
  it('are an old tuple and the next new one that fared differently', () => {
    const contacts = [
      old(0, 1, true),
      contact(10, 2, {}),
      old(20, 2, false),
      contact(30, 3, { accepted: true }),
    ];
    expect(forwardPairs(contacts, 300)).deep.equal({
      agedPassedFreshRefused: 1,
      agedRefusedFreshPassed: 1,
    });
  });

  it('are of one machine of ours: another has another address', () => {
    const contacts = [old(0, 1, true), contact(10, 2, { source: 2 })];
    expect(forwardPairs(contacts, 300).agedPassedFreshRefused).equal(0);
  });

  it('say nothing where both fared alike, or more than a day lies between them', () => {
    const contacts = [
      old(0, 1, true),
      contact(10, 2, { accepted: true }),
      old(20, 3, true),
      contact(20 + 86_401, 4, {}),
    ];
    expect(forwardPairs(contacts, 300)).deep.equal({
      agedPassedFreshRefused: 0,
      agedRefusedFreshPassed: 0,
    });
  });

  it('do not take the try that gave the edge', () => {
    const edge = contact(0, 1, { fresh: false, accepted: true, age: 300 });
    expect(forwardPairs([edge, contact(10, 2, {})], 300).agedPassedFreshRefused).equal(0);
  });

  it('take a tuple that passed for an old one for half a day', () => {
    const again = (passedAt: number) =>
      contact(50_000, 1, { fresh: false, accepted: true, age: 0, passedAt });
    const fresh = contact(50_010, 2, {});
    expect(forwardPairs([again(10_000), fresh], 300).agedPassedFreshRefused).equal(1);
    expect(forwardPairs([again(1000), fresh], 300).agedPassedFreshRefused).equal(0);
  });

  it('prove it from 13 to none on', () => {
    const chance = (b: number, c: number) =>
      chanceOfPairs({ agedPassedFreshRefused: b, agedRefusedFreshPassed: c });
    expect(chance(13, 0)).closeTo(0.000122, 0.000001);
    expect(chance(12, 0)).closeTo(0.000244, 0.000001);
    expect(chance(3, 1)).equal(5 / 16);
    expect(chance(0, 4)).equal(1);
    expect(chance(0, 0)).equal(1);
  });
});
