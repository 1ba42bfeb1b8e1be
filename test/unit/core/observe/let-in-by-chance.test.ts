import { expect } from 'chai';
import type { KeptFirst } from '../../../../src/core/observe/host-evidence.js';
import { beyondChance, letInByChance } from '../../../../src/core/observe/let-in-by-chance.js';
import type { PassedTry, RefusedTry } from '../../../../src/core/observe/opening.js';

/** A first contact of a sender of its own. `known`: its client had passed before. */
function first(at: number, accepted: boolean, known = false): KeptFirst {
  const ids = { tuple: at, sender: at, recipient: at, domain: 1, source: 1 };
  return { at, accepted, ...ids, known: [false, false, false, known, known] };
}

describe('first contacts that got in by chance', () => {
  it('are those that no list can have known: nobody of the kind had passed, or the next one was refused', () => {
    const scores = [
      first(0, false),
      first(10, true),
      first(20, false),
      first(30, true, true),
      first(40, false),
      first(50, false),
    ];
    expect(letInByChance(scores)).closeTo(2 / 6, 1e-9);
  });

  it('are none where a list lets all in from then on', () => {
    const listed = [
      first(0, false),
      first(20, false),
      first(30, true, true),
      first(40, true, true),
    ];
    expect(letInByChance(listed)).equal(0);
  });
});

describe('an upper edge among passes by chance', () => {
  const pass = (age: number): PassedTry => ({
    at: 0,
    age: [age, age, age, age, age],
    gap: age,
    early: 0,
    earlyByKey: [0, 0, 0, 0, 0],
  });
  const refusal = (age: number): RefusedTry => ({
    at: 0,
    age,
    previousAge: null,
    gap: [age, age, age, age, age],
    early: [0, 0, 0, 0, 0],
  });
  const ruledOut = new Set<never>();
  const edge = { afterSeconds: 60, bySeconds: 100 };
  const ages = [100, 310, 320, 330, 340, 350, 360, 370, 380, 390];

  it('lies where so many passed beyond the last refusal that chance does not do it', () => {
    const by = (share: number) =>
      beyondChance(edge, [refusal(290)], ages.map(pass), { share, ruledOut }).bySeconds;
    // 0.1^4 < 1/5000 < 0.1^3.
    expect(by(0.1)).equal(340);
    expect(by(0.3)).equal(380);
    expect(by(0.9)).equal(null);
  });

  it('excludes no way to count: the delay may double at each early try', () => {
    const third = { ...refusal(290), previousAge: 140, early: [1, 1, 1, 1, 1] };
    const bounded = { afterSeconds: 290, bySeconds: 310 };
    const found = beyondChance(bounded, [third], ages.map(pass), { share: 0.1, ruledOut });
    expect(found.afterSeconds ?? 0).most(145);
  });

  it('stays where nothing passes by chance', () => {
    expect(beyondChance(edge, [refusal(290)], ages.map(pass), { share: 0, ruledOut })).deep.equal(
      edge,
    );
  });
});
