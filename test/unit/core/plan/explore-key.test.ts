import { expect } from 'chai';
import { keyTransaction, nextKeyPart } from '../../../../src/core/plan/explore-key.js';
import { planViewOf } from '../../../../src/core/plan/plan-view.js';
import type { Step } from '../../../../src/core/plan/step.js';
import type { ProbeRequest } from '../../../../src/core/run/request.js';
import { onlySenders } from '../run/support/short-story.js';
import { ACCEPTED, Story, stamp, type Told } from '../run/support/story.js';
import { nextInLast, viewAt } from './support/view-at.js';

const PASSED = ['0: 1x 2x 3x', '300: 5x 1o'];

/** Part, tuple, and the age that it is to have; null: none. */
function next(seconds: number, lines: readonly string[], changes: Partial<ProbeRequest> = {}) {
  return inShort(nextKeyPart(viewAt(seconds, lines, { key: true, ...changes })));
}

function inShort(found: ReturnType<typeof nextKeyPart>) {
  return found && [found.part, found.base.id, found.due?.delaySeconds ?? 'now'];
}

describe('the next part of the key', () => {
  it('is tried with the oldest tuple that was left alone, once it is old enough', () => {
    expect(next(310, PASSED)).to.deep.equal(['helo', 't2', 'now']);
    expect(next(301, PASSED)).to.deep.equal(['helo', 't2', 302.2]);
  });

  it('is one that can be changed, and was not tried, with the same tuple', () => {
    const left = (changes: Partial<ProbeRequest>) => {
      const own = { client: changes.sourceAddresses?.[0] ?? null };
      const planted = [1, 2, 3].map((tuple): Told => ({ tuple, ...own }));
      const helo = { tuple: 2, ...own, helo: 'other.client.sender.example' };
      const { state } = new Story({ key: true, ...changes })
        .session(0, planted)
        .session(300, [
          { tuple: 5, ...own },
          { tuple: 1, ...own, reply: ACCEPTED },
        ])
        .session(301, [{ tuple: 6, ...own }, helo]);
      // Nobody waits for the second part: the tuple was old enough for the first one.
      return inShort(nextKeyPart(planViewOf(state, stamp(302_000))));
    };
    expect(left({})).to.equal(null);
    const otherRecipient = 'other@example.org';
    expect(left({ otherRecipient })).to.deep.equal(['recipient', 't2', 'now']);
    const sourceAddresses = ['192.0.2.7', '192.0.2.8'];
    expect(left({ sourceAddresses })).to.deep.equal(['client', 't2', 'now']);
    expect(left({ sourceAddresses: ['192.0.2.7'] })).to.equal(null);
    expect(left({ otherRecipient, sourceAddresses })?.[0]).to.equal('recipient');
  });

  it('is none where nobody asked, nothing was shown, or no control is left', () => {
    expect(next(310, PASSED, { key: false })).to.equal(null);
    expect(next(310, PASSED.slice(0, 1))).to.equal(null);
    expect(next(310, ['0: 1x 2x 3x', '300: 1o']), 'no contrast').to.equal(null);
    expect(next(310, PASSED, { senders: onlySenders(5) })).to.not.equal(null);
    expect(next(310, PASSED, { senders: onlySenders(3) })).to.equal(null);
    expect(next(320, ['0: 1x', '300: 5x 1o', '310: 5x']), 'nobody was left alone').to.equal(null);
  });
});

describe('a connection for a part of the key', () => {
  const base = viewAt(310, PASSED).planted[1]?.history.tuple ?? expect.fail('no tuple');
  const step: Extract<Step, { kind: 'key' }> = { kind: 'key', part: 'helo', base };
  const then = (...lines: readonly string[]) =>
    nextInLast((view, done) => keyTransaction(view, done, step), lines);

  it('is a control, then the variant, unless the client was let in', () => {
    expect(then(...PASSED, '310 key: ...')).to.equal('control fresh');
    expect(then(...PASSED, '310 key: 6x ...')).to.equal('confirm helo of t2');
    expect(then(...PASSED, '310 key: 6x 2x ...')).to.equal('none');
    expect(then(...PASSED, '310 key: 6o ...')).to.equal('none');
  });
});
