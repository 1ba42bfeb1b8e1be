import { expect } from 'chai';
import { keyTransaction, nextKeyPart } from '../../../../src/core/plan/explore-key.js';
import { viewOf } from '../../../../src/core/plan/view.js';
import type { ProbeRequest } from '../../../../src/core/run/request.js';
import { ACCEPTED, Story, stamp, type Told } from '../run/support/story.js';

const OK = { reply: ACCEPTED };
type Connection = readonly [seconds: number, attempts: readonly Told[]];
const PLANTED: Connection = [0, [{ tuple: 1 }, { tuple: 2 }, { tuple: 3 }]];
const PASSED: Connection = [
  300,
  [
    { tuple: 5, role: 'control' },
    { tuple: 1, role: 'retry', ...OK },
  ],
];

function viewAt(
  now: number,
  sessions: readonly Connection[],
  changes: Partial<ProbeRequest> = { key: true },
) {
  const story = new Story(changes);
  for (const [seconds, attempts] of sessions) story.session(seconds, attempts);
  return viewOf(story.state, stamp(now * 1000));
}

/** Part, tuple, and the age that it is to have; null: none. */
function next(...given: Parameters<typeof viewAt>) {
  const found = nextKeyPart(viewAt(...given));
  return found && [found.part, found.base.id, found.due?.delaySeconds ?? 'now'];
}

describe('the next part of the key', () => {
  it('is tried with the oldest tuple that was left alone, once it is old enough', () => {
    expect(next(310, [PLANTED, PASSED])).to.deep.equal(['helo', 't2', 'now']);
    expect(next(301, [PLANTED, PASSED])).to.deep.equal(['helo', 't2', 302.2]);
  });

  it('is one that can be changed, and was not tried, with the same tuple', () => {
    const tried: Connection = [
      310,
      [
        { tuple: 6, role: 'control' },
        { tuple: 2, role: 'confirm', helo: 'other.client.sender.example' },
      ],
    ];
    expect(next(320, [PLANTED, PASSED, tried])).to.equal(null);
    const recipient = { key: true, otherRecipient: 'other@example.org' };
    expect(next(320, [PLANTED, PASSED, tried], recipient)).to.deep.equal([
      'recipient',
      't2',
      'now',
    ]);
  });

  it('is none where nobody asked, nothing was shown, or no control is left', () => {
    expect(next(310, [PLANTED, PASSED], {})).to.equal(null);
    expect(next(310, [PLANTED])).to.equal(null);
    const alone: Connection = [300, [{ tuple: 1, role: 'retry', ...OK }]];
    expect(next(310, [PLANTED, alone]), 'no contrast').to.equal(null);
    const addresses = ['b', 'c', 'd', 'f'].map((name) => `sender${name}@sender.example`);
    const senders = { kind: 'list', addresses } as const;
    expect(next(310, [PLANTED, PASSED], { key: true, senders })).to.equal(null);
  });
});

describe('a connection for a part of the key', () => {
  const view = viewAt(310, [PLANTED, PASSED]);
  const [control, variant] = viewAt(310, [PLANTED, PASSED]).state.attempts;
  const base = control?.tuple ?? expect.fail();
  const step = { kind: 'key', part: 'helo', base } as const;

  it('is a control, then the variant', () => {
    expect(keyTransaction(view, [], step)).to.deep.equal({ tuple: 'fresh', role: 'control' });
    if (control === undefined || variant === undefined) throw new Error('two attempts');
    expect(keyTransaction(view, [control], step)).to.deep.equal({
      tuple: { of: base, part: 'helo' },
      role: 'confirm',
    });
    expect(keyTransaction(view, [control, variant], step)).to.equal(null);
  });
});
