import { expect } from 'chai';
import { afterAcceptance, begin, beginTransaction } from '../../../../src/core/plan/begin.js';
import { onlySenders, shortStory } from '../run/support/short-story.js';
import { nextInLast, viewAt } from './support/view-at.js';

describe('the first connection', () => {
  it('is to a host that was not tried yet, or there is none', () => {
    const state = shortStory([]);
    expect(begin(state)).to.deep.include({ kind: 'session', step: { kind: 'begin' }, due: null });
    expect(begin(shortStory(['0: 1?']))).to.deep.equal({ kind: 'finish', reason: 'unreachable' });
  });

  it('goes on with the one sender there is, though it was tried without an answer', () => {
    const next = (lines: readonly string[], senders: number) =>
      nextInLast(beginTransaction, lines, { senders: onlySenders(senders) });
    expect(next(['0: 1?', '10 begin: ...'], 1)).to.equal('first t1');
    expect(next(['0: 1?', '10 begin: ...'], 2)).to.equal('first fresh');
    expect(next(['0: 1? 2?', '10 begin: ...'], 2)).to.equal('first t1');
    expect(next(['0: 1? 2?', '10 begin: ...'], 3)).to.equal('first fresh');
    expect(next(['0: ...'], 1)).to.equal('first fresh');
  });
});

describe('where all are let in at once', () => {
  it('a second client address is asked once, if a sender is left', () => {
    const sourceAddresses = ['192.0.2.7', '192.0.2.8'];
    const then = (lines: readonly string[], senders: number) => {
      const asked = { sourceAddresses, senders: onlySenders(senders) };
      const decision = afterAcceptance(viewAt(10, lines, asked));
      return decision.kind === 'finish' ? decision.reason : decision.step.kind;
    };
    expect(then(['0: 1o'], 2)).to.equal('other-client');
    expect(then(['0: 1o'], 1)).to.equal('answered');
    expect(then(['0: 1o', '5 other-client: 2x'], 3)).to.equal('answered');
  });
});
