import { expect } from 'chai';
import { domainWanted, freshSender } from '../../../../src/core/plan/fresh-senders.js';
import type { Step } from '../../../../src/core/plan/step.js';
import { createVirtualRandom } from '../../../../src/sandbox/virtual/virtual-random.js';
import { ACCEPTED, Story, type Told } from '../run/support/story.js';

const from = (sender: string, more: Partial<Told> = {}): Told => ({ tuple: 1, sender, ...more });
const OK = { reply: ACCEPTED };

/** The next fresh sender of these after some were tried. */
function next(
  addresses: readonly string[],
  attempts: readonly Told[],
  kind: 'climb' | 'other-client' = 'climb',
): string | null {
  const { state } = new Story({ senders: { kind: 'list', addresses } }).session(0, attempts);
  const step: Step = { kind };
  return freshSender(state, step, createVirtualRandom(1));
}

describe('the next fresh sender', () => {
  const addresses = ['a@one.example', 'b@one.example', 'c@two.example', 'd@two.example'];

  it('is of the domain whose sender was made to wait', () => {
    expect(next(addresses, [])).to.equal('a@one.example');
    expect(next(addresses, [from('a@one.example')])).to.equal('b@one.example');
    expect(next(addresses, [from('d@two.example')])).to.equal('c@two.example');
    const both = [from('a@one.example'), from('c@two.example')];
    expect(next(addresses, both), 'of the first one').to.equal('b@one.example');
    const letIn = [from('a@one.example', OK), from('c@two.example')];
    expect(next(addresses, letIn)).to.equal('d@two.example');
    const all = addresses.slice(0, 2).map((sender) => from(sender));
    expect(next(addresses, all)).to.equal(null);
  });

  it('is of another domain where all were let in', () => {
    expect(next(addresses, [from('a@one.example', OK)])).to.equal('c@two.example');
    for (const lost of ['timeout', 'never'] as const) {
      expect(next(addresses, [from('a@one.example', { lost })])).to.equal('b@one.example');
    }
  });

  it('is of any domain where each sender has one of its own', () => {
    const spread = ['a@one.example', 'b@two.example', 'c@three.example'];
    expect(next(spread, [from('a@one.example')])).to.equal('b@two.example');
  });

  it('is any to another client address', () => {
    expect(next(addresses, [from('d@two.example')], 'other-client')).to.equal('a@one.example');
  });
});

describe('the domain of fresh senders', () => {
  it('is any where each sender has one of its own', () => {
    const each = { kind: 'list', addresses: ['a@one.example', 'b@two.example'] } as const;
    const { state } = new Story({ senders: each }).session(0, [from('a@one.example')]);
    expect(domainWanted(state)('two.example')).to.equal(true);
  });

  it('is told in any case of its letters', () => {
    const { state } = new Story().session(0, [from('a@ONE.example')]);
    expect(domainWanted(state)('one.example')).to.equal(true);
    expect(domainWanted(state)('two.example')).to.equal(false);
  });
});
