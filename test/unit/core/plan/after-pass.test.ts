import { expect } from 'chai';
import { afterPass, ageTransaction } from '../../../../src/core/plan/after-pass.js';
import type { ProbeRequest } from '../../../../src/core/run/request.js';
import { usedUp } from '../run/support/short-story.js';
import { nextInLast, viewAt } from './support/view-at.js';

/** What the next connection is for, with which tuple, and at which second; or why none follows. */
function next(...given: Parameters<typeof viewAt>): string {
  const decision = afterPass(viewAt(...given));
  if (decision.kind === 'finish') return decision.reason;
  const { step, due } = decision;
  const who =
    step.kind === 'age' ? ` ${step.tuple.id}` : step.kind === 'key' ? ` ${step.part}` : '';
  const when = due === null ? 'now' : (due.since.monotonicMs / 1000 + due.delaySeconds).toFixed(1);
  return `${step.kind}${who} ${when}`;
}

const PASSED = ['0: 1x 2x 3x', '300: 4x 1o 5x'];
const VERIFIED = [...PASSED, ...[310, 311, 312, 313].map((seconds) => `${seconds} verify: 1o`)];

describe('what follows a pass', () => {
  it('is the proof, as far as four connections bring it, and then nothing', () => {
    expect(next(310, PASSED)).to.equal('verify now');
    expect(next(320, VERIFIED)).to.equal('answered');
  });

  it('is the key then, if that is wanted', () => {
    expect(next(320, VERIFIED, { key: true })).to.equal('key helo now');
    expect(next(320, [...VERIFIED, '318 verify: 6?'], { key: true })).to.equal('key helo 328.1');
    const young = ['0: 1x', '9: 2x', '30: 4x 1o 5x'];
    const verified = [...young, '31 verify: 1o', '32 verify: 1o', '33 verify: 1o', '34 verify: 1o'];
    expect(next(35, verified, { key: true }), 'who is still too young').to.equal('key helo 41.3');
  });

  it('is nothing where the client was let in', () => {
    const letIn = ['0: 1x', '300: 4x 1o 5o'];
    expect(next(320, letIn, { key: true })).to.equal('verify now');
    expect(next(320, [...letIn, '310 verify: 4o'], { key: true })).to.equal('answered');
    const planted = '0: 1x 2x 3x 4x 5x 6x 7x 8x';
    const proved = [planted, '300: 9x 1o 10o', '310 verify: 2o 3o 4o 5o 6o 7o 8o'];
    expect(next(320, proved, { key: true }), 'though one is left').to.equal('answered');
  });
});

describe('an age beyond the pass', () => {
  const asked = (...closingAgesSeconds: number[]) => ({ closingAgesSeconds });

  it('is looked at with the oldest that was left alone, once it is so old', () => {
    expect(next(320, VERIFIED, asked(14_400, 7200))).to.equal('age t2 7200.2');
    expect(next(320, VERIFIED, { retryAtSeconds: [60, 600] })).to.equal('age t2 600.2');
  });

  it('may be missed by a hundredth, else a younger one is taken', () => {
    // Sender 2 is as old as 7272.0 s, and then 7273.0 s.
    expect(next(7272.2, VERIFIED, asked(7200))).to.equal('age t2 7200.2');
    expect(next(7273.2, VERIFIED, asked(7200))).to.equal('age t4 7500.1');
    const alone = ['0: 1x 2x', '60: 1o', '310: 1o', '311 verify: 1o', '312 verify: 1o'];
    const gone = [...alone, '313 verify: 1o', '314 verify: 1o'];
    const late = next(7300, gone, { ...asked(7200), senders: usedUp(gone) });
    expect(late, 'or else one that is too old').to.equal('age t2 7200.2');
  });

  it('is none where it was reached, the window has closed, or nobody is left', () => {
    const reached = [...VERIFIED, '7210: 6x 2o'];
    expect(next(7300, reached, asked(7200))).to.equal('answered');
    expect(next(7300, reached, asked(7200, 14_400))).to.equal('age t3 14400.3');
    const closed = [...VERIFIED, '7210: 6x 2x 3x 1o'];
    expect(next(7300, closed, asked(7200, 14_400))).to.equal('answered');
    const lines = ['0: 1x', '300: 1o', ...VERIFIED.slice(2)];
    expect(next(7300, lines, { ...asked(14_400), senders: usedUp(lines) })).to.equal('answered');
  });
});

describe('a second client address', () => {
  const sourceAddresses = ['192.0.2.7', '192.0.2.8'];
  const letIn = ['0: 1x 2x', '300: 3o 1o'];

  it('is asked where fresh senders pass, once, while a sender is left', () => {
    expect(next(301, letIn, { sourceAddresses })).to.equal('other-client now');
    expect(next(301, PASSED, { sourceAddresses }), 'where they do not').to.equal('verify 302.4');
    const asked = [...letIn, '310 other-client: 4x'];
    expect(next(311, asked, { sourceAddresses })).to.equal('verify now');
    const senders = usedUp(letIn);
    expect(next(301, letIn, { sourceAddresses, senders })).to.equal('verify 302.4');
    expect(next(301, letIn)).to.equal('verify now');
  });
});

describe('a connection for a later age', () => {
  const later = (lines: readonly string[], changes: Partial<ProbeRequest> = {}) => {
    const tuple = viewAt(0, lines).planted[1]?.history.tuple ?? expect.fail();
    return nextInLast((view, done) => ageTransaction(view, done, tuple), lines, changes);
  };

  it('has no control where none is left, or where the host hears nobody after it', () => {
    const lines = [...PASSED, '7200: ...'];
    expect(later(lines)).to.equal('control fresh');
    expect(later(lines, { senders: usedUp(lines) })).to.equal('confirm t2');
    expect(later(['0: 1x 2x 3/', '60: 1x 4/', '300: 1o', '7200: ...'])).to.equal('confirm t2');
  });

  it('ends where nobody answers', () => {
    expect(later([...PASSED, '7200: 6x 2x 3? ...'])).to.equal('none');
  });

  it('ends with the first one that had passed', () => {
    const lines = ['0: 1x 2x 3x 7x', '300: 4x 1o 7o 5x', '7200: 6x 2x 3x ...'];
    expect(later(lines)).to.equal('retry t1');
    expect(later(lines.with(2, '7200: 6x 2x 3x 1x ...'))).to.equal('none');
  });
});
