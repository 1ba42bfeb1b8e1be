import { expect } from 'chai';
import {
  KEYS,
  openingOf,
  type PassedTry,
  type RefusedTry,
} from '../../../../src/core/observe/opening.js';

const all = (value: number) => KEYS.map(() => value);
const DAY = 86_400;

function refused(age: number, more: Partial<RefusedTry> = {}): RefusedTry {
  return { at: 0, age, previousAge: null, gap: all(age), early: all(0), ...more };
}

function passed(age: number, more: Partial<PassedTry> = {}): PassedTry {
  return { at: 0, age: all(age), gap: age, early: 0, earlyByKey: all(0), ...more };
}

const none = new Set<never>();

describe('where a window opens', () => {
  it('lies between the highest refusal and the lowest acceptance of second tries', () => {
    const { opens } = openingOf(
      [refused(250), refused(290)],
      [passed(310.2), passed(450), passed(500)],
      none,
    );
    expect(opens).deep.equal({ afterSeconds: 290, bySeconds: 311 });
  });

  it('is open above where nothing passed, and below where no retry was refused', () => {
    expect(openingOf([refused(300)], [], none).opens.bySeconds).equal(null);
    expect(openingOf([], [passed(301)], none).opens).deep.equal({
      afterSeconds: null,
      bySeconds: 301,
    });
  });

  it('counts an acceptance by the coarsest key that is not ruled out', () => {
    const one = passed(110, { age: [110, 110, 110, 310, 310] });
    expect(openingOf([], [one], none).opens.bySeconds).equal(310);
    expect(
      openingOf([], [one], new Set(['client', 'sender-domain'] as const)).opens.bySeconds,
    ).equal(110);
  });

  it('takes nothing from first retries where second late tries are what passes', () => {
    const late = passed(909, { early: 1, earlyByKey: all(1) });
    expect(openingOf([refused(590)], [late, late, late], none).opens).deep.equal({
      afterSeconds: null,
      bySeconds: 909,
    });
  });

  it('is not bounded by a refusal that may be due to penalties', () => {
    const third = refused(900, { previousAge: 400, early: all(1), gap: all(500) });
    const { opens } = openingOf([refused(400), third], [passed(1500), passed(1600)], none);
    expect(opens.afterSeconds).equal(400);
  });

  it('wants refusals of several days where a try does not fit', () => {
    const many = Array.from({ length: 40 }, (_, n) => passed(310 + n));
    const fault = refused(700);
    expect(openingOf([refused(250), fault], many, none)).deep.equal({
      opens: { afterSeconds: null, bySeconds: 310 },
      misfits: 1,
      contradictory: false,
    });
    const days = Array.from({ length: 6 }, (_, n) => refused(240 + n, { at: n * DAY }));
    expect(openingOf([...days, fault], many, none).opens.afterSeconds).equal(240);
  });

  it('is not told where too much does not fit', () => {
    const before = Array.from({ length: 10 }, (_, n) => passed(310 + n));
    const after = Array.from({ length: 10 }, (_, n) => refused(800 + n));
    expect(openingOf(after, before, none)).deep.include({
      opens: { afterSeconds: null, bySeconds: null },
      contradictory: true,
    });
  });
});
