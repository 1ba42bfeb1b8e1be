import { expect } from 'chai';
import { domainWanted, freshSender } from '../../../../src/core/plan/fresh-senders.js';
import type { Step } from '../../../../src/core/plan/step.js';
import { createVirtualRandom } from '../../../../src/sandbox/virtual/virtual-random.js';
import { ACCEPTED, Story, type Told } from '../run/support/story.js';

const senders = {
  kind: 'list',
  addresses: [
    'a@one.example',
    'b@one.example',
    'c@two.example',
    'd@three.example',
    'e@one.example',
  ],
} as const;
const from = (sender: string, more: Partial<Told> = {}): Told => ({ tuple: 1, sender, ...more });
const OK = { reply: ACCEPTED };

/** The next fresh sender after these attempts. */
function next(kind: 'climb' | 'other-client', ...attempts: readonly Told[]): string | null {
  const { state } = new Story({ senders }).session(0, attempts);
  const step: Step = { kind };
  return freshSender(state, step, createVirtualRandom(1));
}

describe('the next fresh sender', () => {
  it('is of the domain whose sender was made to wait', () => {
    expect(next('climb')).to.equal('a@one.example');
    expect(next('climb', from('a@one.example'))).to.equal('b@one.example');
    expect(next('climb', from('c@two.example'))).to.equal(null);
    expect(next('climb', from('a@one.example', OK), from('d@three.example'))).to.equal(null);
  });

  it('is of another domain where all were let in', () => {
    expect(next('climb', from('a@one.example', OK))).to.equal('c@two.example');
    expect(next('climb', from('a@one.example', { lost: 'timeout' }))).to.equal('b@one.example');
  });

  it('is any to another client address', () => {
    expect(next('other-client', from('c@two.example'))).to.equal('a@one.example');
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
  });
});
