import { expect } from 'chai';
import { assess } from '../../../../src/core/evidence/assess.js';
import { PROOF_CHANCE } from '../../../../src/core/evidence/chance.js';
import {
  dueVerification,
  verificationTuple,
  verifyTransaction,
} from '../../../../src/core/plan/verify.js';
import { greylists } from '../../../../src/sandbox/behaviours.js';
import { PLAIN_POLICY } from '../../../../src/sandbox/greylister-policy.js';
import { usedUp } from '../run/support/short-story.js';
import { virtualRun } from '../run/support/virtual-run.js';
import { nextInLast, viewAt } from './support/view-at.js';

/** At which second a connection that verifies is due, or `now`, or `never`. */
function due(...given: Parameters<typeof viewAt>): number | 'now' | 'never' {
  const found = dueVerification(viewAt(...given));
  if (found === undefined) return 'never';
  if (found === null) return 'now';
  return Math.round(found.since.monotonicMs / 10 + found.delaySeconds * 100) / 100;
}

/** Who would be tried there. */
function tried(...given: Parameters<typeof viewAt>): string | null {
  return verificationTuple(viewAt(...given))?.history.tuple.id ?? null;
}

/** The same at once: when, and who. */
const trial = (...given: Parameters<typeof viewAt>) => [due(...given), tried(...given)] as const;

/** The same where all senders of the pool have been tried, so that there are no controls. */
const at = (seconds: number, lines: readonly string[], resolutionSeconds = 5) =>
  trial(seconds, lines, { senders: usedUp(lines), resolutionSeconds });

const ONE_REFUSED = ['0: 1x 2x 3x', '60: 4x 1x'];

describe('a pass is verified', () => {
  const passed = [...ONE_REFUSED, '300: 5x 1o'];

  it('by a control, at once, where none came after it', () => {
    const wide = { resolutionSeconds: 400 };
    expect(due(301, passed, wide)).to.equal('now');
    // One that came before the pass tells nothing of what the pass did. Then who was left alone is to
    // pass as well: at an age of 302.2 s, surely beyond 301 s.
    expect(due(301, [...ONE_REFUSED, '300: 5x 1o 6x'], wide)).to.equal(302.4);
  });

  it('in four connections at most, and in seven where each holds one trial only', () => {
    const more = (count: number) =>
      Array.from({ length: count }, (_, index) => `${310 + 3 * index} verify: 1o`);
    expect(due(340, [...passed, ...more(3)])).to.equal('now');
    expect(due(340, [...passed, ...more(4)])).to.equal('never');
    expect(due(340, [...passed, ...more(6)], { stage: 'data' })).to.equal('now');
    expect(due(340, [...passed, ...more(7)], { stage: 'data' })).to.equal('never');
    expect(due(340, [...passed, ...more(6)], { stage: 'message' })).to.equal('now');
    expect(due(340, [...passed, ...more(7)], { stage: 'message' })).to.equal('never');
  });

  it('in one more by those who have passed before', () => {
    const controls = (count: number) =>
      Array.from({ length: count }, (_, index) => `${310 + 3 * index} verify: ${6 + index}x`);
    expect(due(340, [...passed, ...controls(4)])).to.equal('now');
    expect(due(340, [...passed, ...controls(5)])).to.equal('never');
  });

  it('10 s after a connection that failed', () => {
    expect(due(330, [...passed, '310 verify: 6?'])).to.equal(320.1);
    expect(due(330, [...passed, '303 verify: 6x', '310 verify: 2?'])).to.equal(320.1);
  });

  it('not at all before there is one', () => {
    expect(trial(100, ONE_REFUSED, { senders: usedUp(ONE_REFUSED) })).to.deep.equal([
      'never',
      null,
    ]);
  });
});

describe('a pass that has let the client in', () => {
  const planted = '0: 1x 2x 3x 4x 5x 6x 7x 8x';
  const letIn = '300: 9x 1o 10o';

  it('is verified by more passes, as long as chance explains it', () => {
    expect(due(301, [planted, letIn])).to.equal('now');
    expect(due(320, [planted, letIn, '310 verify: 2o 3o 4o 5o 6o 7o'])).to.equal('now');
    expect(due(320, [planted, letIn, '310 verify: 2o 3o 4o 5o 6o 7o 8o'])).to.equal('never');
    expect(due(320, ['0: 1x 2x 3x', letIn, '310 verify: 2?'])).to.equal(320.1);
  });

  it('is not where nobody was kept out beside it, or nobody is left to pass', () => {
    expect(due(301, [planted, '300: 1o 10o'])).to.equal('never');
    expect(due(310, ['0: 1x 2x', '300: 2x 1o 10o'])).to.equal('never');
  });
});

/*
 * Without controls, who is tried is a matter of ages alone. Where sender 1 is refused at 20 s and passes at 99 s, the list opens between
 * 19.9 and 100 s. An answer takes 0.1 s: who was tried at 30 s is 70.9 s old at 101 s.
 */
describe('the opening is narrowed', () => {
  const between = (...lines: readonly string[]) => ['0: 1x', '20: 1x', ...lines, '99: 1o'];

  it('by who leaves least of it, whatever the answer', () => {
    // 70.9 s leaves 51 s at most, 40.9 s would leave 59.1 s.
    expect(at(101, between('30: 2x', '60: 3x'))).to.deep.equal(['now', 't2']);
    expect(at(101, between('20.5: 2x', '50: 3x'))).to.deep.equal(['now', 't3']);
  });

  it('down to the resolution', () => {
    expect(at(101, between('30: 2x'), 80)).to.deep.equal(['now', 't2']);
    expect(at(101, between('30: 2x'), 80.2)).to.deep.equal(['never', null]);
  });

  it('where a good part of it can fall away', () => {
    // Of 80.1 s, 87 s leaves 67.1 s and 90 s leaves 70.1 s.
    expect(at(101, between('13.9: 2x'))).to.deep.equal(['now', 't2']);
    expect(at(101, between('10.9: 2x'))).to.deep.equal(['never', null]);
  });

  it('rather by one of two that were planted together, since the other can prove what it is told', () => {
    expect(at(101, between('30: 2x 3x', '40: 4x'))).to.deep.equal(['now', 't3']);
  });

  it('from where a retried one was refused; a pair proves that, as near to it as there is one', () => {
    const refusedAt = (seconds: number, ...planted: readonly string[]) =>
      at(101, ['0: 1x', ...planted, `${seconds}: 1x`, '99: 1o']);
    expect(refusedAt(80, '30: 2x 3x')).to.deep.equal(['now', 't2']);
    expect(refusedAt(69, '30: 2x 3x')).to.deep.equal(['now', 't3']);
    expect(refusedAt(80, '30: 2x 3x', '40: 4x 5x')).to.deep.equal(['now', 't2']);
    // 98.9 s and more are nearer to 100 s than to 80 s: they are let be, and pass at 101.2 s.
    expect(refusedAt(80, '2: 2x 3x')).to.deep.equal([103.3, null]);
    expect(refusedAt(80, '0.95: 2x 3x')).to.deep.equal([102.25, null]);
  });

  it('a little later where that leaves much less', () => {
    const ladder = ['0: 1x', '2: 2x 1x', '9: 3x 1x', '19: 1x', '30: 1o'];
    // Between 18.9 and 31 s: 21.9 s leaves 9.1 s now, and half of it in 3.05 s.
    expect(at(31, ladder)).to.deep.equal([34.05, 't3']);
    // With a resolution of 9 s, a refusal at 23.8 s will do.
    expect(at(31, ladder, 9)).to.deep.equal([32.9, 't3']);
    expect(at(31, ladder, 9.2)).to.deep.equal(['now', 't3']);
    expect(at(29.95, ladder), 'in more than 4 s').to.deep.equal(['now', 't2']);
    const younger = [...ladder.slice(0, 3), '12: 4x', ...ladder.slice(3)];
    expect(at(31, younger), 'for the oldest that is too young').to.deep.equal([34.05, 't3']);
    // Between 19.9 and 100 s: 43.8 s are left now, and 40.05 s in 3.75 s.
    expect(at(106.3, between('50: 2x'))).to.deep.equal(['now', 't2']);
  });

  it('by one that is still too young for it, when it is old enough', () => {
    const lines = ['0: 1x', '6.9: 2x', '35: 1x', '39: 1o'];
    expect(at(40, lines, 4)).to.deep.equal([43.8, null]);
    expect(at(43.8, lines, 4)).to.deep.equal(['now', 't2']);
  });

  it('without a wait where it is narrow for so late an opening', () => {
    const refusedAt = (seconds: number) =>
      at(1000, ['0: 1x', '10: 2x', `${seconds}: 1x`, '999: 1o']);
    expect(refusedAt(985), '15.1 s wide').to.deep.equal([1002.55, 't2']);
    expect(refusedAt(986), '14.1 s wide').to.deep.equal(['now', 't2']);
  });

  it('from the proved edge on where early tries do harm', () => {
    const lines = ['0: 1x 2x 3x 6x', '100: 1x 6x', '165: 4x', '200: 1x', '280: 2o', '300: 3o 5x'];
    const isHarmed = lines.with(-1, '300: 3o 1x 5x');
    expect(at(310, lines)).to.deep.equal(['never', null]);
    expect(at(310, isHarmed)).to.deep.equal(['now', 't4']);
  });
});

describe('a refusal is seconded', () => {
  it('by one that was planted beside it, at once', () => {
    const lines = ['0: 1x', '20: 2x 3x', '40: 1x', '85: 2x', '99: 1o'];
    expect(at(101, lines)).to.deep.equal(['now', 't3']);
    const both = lines.with(3, '85: 2x 3x');
    expect(at(101, both), 'where there is none yet').to.deep.equal(['never', null]);
  });

  it('by no one who is to narrow the opening a little later', () => {
    const lines = ['0: 1x', '6.9: 2x', '35: 1x', '39: 1o'];
    expect(at(40, lines, 4)).to.deep.equal([43.8, null]);
  });
});

describe('one more pass is wanted', () => {
  it('where it takes 4 s, or a twentieth of the opening', () => {
    expect(at(30.2, ['0: 1x', '3: 2x', '29: 1o'])).to.deep.equal(['never', null]);
    expect(at(30.4, ['0: 1x', '3: 2x', '29: 1o'])).to.deep.equal([34.3, null]);
    expect(at(100, ['0: 1x', '5: 2x', '99: 1o'])).to.deep.equal(['never', null]);
    expect(at(101.4, ['0: 1x', '5: 2x', '99: 1o'])).to.deep.equal([106.3, null]);
  });

  it('and four times as much longer as a slow line takes until RCPT', () => {
    const lines = ['0: 1x', '3: 2x', '29: 1o'];
    const view = viewAt(30.2, lines, { senders: usedUp(lines) });
    // In 4.1 s it would be 31.2 s old; the connection begins 0.1 s before that.
    expect(dueVerification({ ...view, leadSeconds: 0.1 })?.delaySeconds).to.be.closeTo(31.1, 0.001);
    expect(dueVerification({ ...view, leadSeconds: 0.02 })).to.equal(undefined);
  });

  it('of the youngest that is old enough', () => {
    expect(at(106.3, ['0: 1x', '2: 2x', '5: 3x', '95: 4x', '99: 1o'])).to.deep.equal(['now', 't3']);
  });

  it('until chance explains no more what was seen', () => {
    const lines = [
      '0: 1x 2x 3x 4x 5x 6x 7x 8x 9x 10x',
      '300: 11x 1o',
      '310 verify: 12x 2o 3o 4o 5o 6o 7o 13x',
    ];
    expect(at(311, lines)).to.deep.equal(['never', null]);
    const fewer = lines.with(2, '310 verify: 12x 2o 3o 4o 5o 6o 13x');
    expect(at(311, fewer)).to.deep.equal(['now', 't10']);
  });

  it('where only the one has passed that was retried', () => {
    expect(at(311, ['0: 1x 2x', '60: 1x', '300: 1o'])).to.deep.equal(['now', 't2']);
  });
});

describe('a connection that verifies', () => {
  const PASSED = ['0: 1x 2x 3x', '60: 4x 1x', '300: 5x 1o 6x'];
  const next = (lines: readonly string[], changes: Parameters<typeof viewAt>[2] = {}) =>
    nextInLast(verifyTransaction, lines, changes);

  it('tries who narrows the opening, then tells by a control who was let in', () => {
    expect(next([...PASSED, '310 verify: ...'])).to.equal('confirm t4');
    expect(next([...PASSED, '310 verify: 4x ...'])).to.equal('confirm t3');
    expect(next([...PASSED, '310 verify: 4x 3o ...'])).to.equal('confirm t2');
    expect(next([...PASSED, '310 verify: 4x 3o 2o ...'])).to.equal('confirm t1');
    expect(next([...PASSED, '310 verify: 7x ...'])).to.equal('confirm t4');
  });

  it('begins with a control where none came after the pass', () => {
    const bare = PASSED.with(2, '300: 5x 1o');
    expect(next([...bare, '310 verify: ...'])).to.equal('control fresh');
    expect(next([...bare, '310 verify: 7x ...'])).to.equal('confirm t4');
    expect(next([...bare, '310 verify: ...'], { senders: usedUp(bare) })).to.equal('confirm t4');
  });

  it('keeps room for the control', () => {
    expect(next([...PASSED, '310 verify: 7x 8x 4x ...'])).to.equal('confirm t3');
    expect(next([...PASSED, '310 verify: 7x 8x 9x 4x ...'])).to.equal('control fresh');
    expect(next([...PASSED, '310 verify: 4x 7x 8x 9x ...'])).to.equal('none');
    const lines = [...PASSED, '310 verify: 7x 8x 9x 4x ...'];
    expect(next(lines, { senders: usedUp(lines) })).to.equal('confirm t3');
  });

  it('asks for a control at once after a pass that narrows no more', () => {
    const wide = { resolutionSeconds: 400 };
    expect(next([...PASSED, '310 verify: 2o ...'], wide)).to.equal('control fresh');
    expect(next([...PASSED, '310 verify: 2o ...'])).to.equal('confirm t4');
    expect(next([...PASSED, '310 verify: 2x ...'], wide)).to.equal('confirm t5');
    expect(next([...PASSED, '310 verify: 7x 2o ...'], wide)).to.equal('confirm t5');
  });

  it('begins with a control where an acceptance ends the session, unless that would end it too', () => {
    const data = { stage: 'data' } as const;
    expect(next([...PASSED, '310 verify: ...'], data)).to.equal('control fresh');
    expect(next([...PASSED, '310 verify: 7x ...'], data)).to.equal('confirm t4');
    const hangsUp = ['0: 1x 2/', '60: 3x 4/', '300: 1o 5x'];
    expect(next([...hangsUp, '310 verify: ...'], data)).to.equal('confirm t3');
    const lines = [...PASSED, '310 verify: ...'];
    expect(next(lines, { ...data, senders: usedUp(lines) })).to.equal('confirm t4');
  });

  it('tries all who are left where the client was let in', () => {
    const letIn = ['0: 1x 2x 3x', '300: 5x 1o 6o'];
    expect(next([...letIn, '310 verify: ...'])).to.equal('confirm t2');
    expect(next([...letIn, '310 verify: 2o ...'])).to.equal('confirm t3');
    expect(next(['0: 1x', '300: 1o 6o', '310 verify: ...'])).to.equal('none');
    expect(next(['0: 1x 2x', '300: 1o 6o', '310 verify: ...']), 'no contrast').to.equal('none');
  });

  it('tries nobody, and no control, where nothing is left to tell', () => {
    const lines = ['0: 1x', '300: 1o 2x', '310 verify: 1o 2x 3x ...'];
    expect(next(lines)).to.equal('none');
    expect(next(lines, { senders: usedUp(lines) })).to.equal('none');
  });
});

/*
 * Each connection to a distant host takes tenths of a second, so that tuples that were planted on a
 * ladder are rarely at the age that is wanted.
 */
describe('narrowing after the first pass', () => {
  const seeds = [1, 2, 3, 4];
  for (const latencyMs of [
    { low: 0, high: 5 },
    { low: 25, high: 75 },
    { low: 75, high: 225 },
  ]) {
    it(`brings the opening near the resolution with ${latencyMs.low} to ${latencyMs.high} ms one way`, async () => {
      for (const seed of seeds) {
        const minute = greylists({ ...PLAIN_POLICY, delaySeconds: 60, clockGranularitySeconds: 1 });
        const { state, seconds } = await virtualRun(minute, {}, { seed, latencyMs });
        const { afterSeconds, bySeconds } = assess(state).inference.opens;
        expect(bySeconds, `seed ${seed}`).to.be.least(60);
        expect((bySeconds ?? 0) - (afterSeconds ?? 0), `seed ${seed}`).to.be.most(10);
        expect(seconds, `seed ${seed}`).to.be.most(110);
      }
    });
  }

  for (const [oneWayMs, width] of [
    [200, 4.5],
    [350, 4.5],
    [500, 8.5],
  ] as const) {
    it(`leaves no more than ${width} s of a minute with ${oneWayMs} ms one way, and proves it`, async () => {
      for (const seed of [1, 2, 3, 4, 5]) {
        const { state } = await virtualRun(
          greylists({ ...PLAIN_POLICY, delaySeconds: 60 }),
          {},
          { seed, latencyMs: { low: oneWayMs, high: oneWayMs + 20 } },
        );
        const { contrast, chance, inference } = assess(state);
        const { afterSeconds, bySeconds } = inference.opens;
        expect(afterSeconds, `seed ${seed}`).to.be.within(53, 60);
        expect(bySeconds, `seed ${seed}`).to.be.within(60, 63);
        expect((bySeconds ?? 0) - (afterSeconds ?? 0), `seed ${seed}`).to.be.most(width);
        expect([contrast === null, chance <= PROOF_CHANCE]).to.deep.equal([false, true]);
      }
    });
  }
});
