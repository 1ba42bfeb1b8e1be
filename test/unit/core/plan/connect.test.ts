import { expect } from 'chai';
import { connect, finish } from '../../../../src/core/plan/connect.js';
import type { Step } from '../../../../src/core/plan/step.js';
import { PINNED, Story, stamp } from '../run/support/story.js';

const HELO = 'client.sender.example';

describe('a connection that is planned', () => {
  const sourceAddresses = ['192.0.2.7', '192.0.2.8'];
  const { state } = new Story({ sourceAddresses, helo: HELO }).session(0, [{ tuple: 1 }]);
  const base = state.attempts[0]?.tuple ?? expect.fail('no tuple');
  const due = { since: stamp(0), delaySeconds: 60 };
  const from = (step: Step) => {
    const { sourceAddress, helo } = connect({ state }, step, PINNED, due);
    return [sourceAddress, helo];
  };

  it('says what it is for, to whom and when', () => {
    expect(connect({ state }, { kind: 'climb' }, PINNED, due)).to.deep.equal({
      kind: 'session',
      step: { kind: 'climb' },
      host: PINNED,
      sourceAddress: '192.0.2.7',
      helo: HELO,
      due,
      purpose: 'retry',
    });
  });

  it('comes from the second client address, or under another name, where the step wants that', () => {
    expect(from({ kind: 'other-client' })).to.deep.equal(['192.0.2.8', HELO]);
    expect(from({ kind: 'key', part: 'client', base })).to.deep.equal(['192.0.2.8', HELO]);
    expect(from({ kind: 'key', part: 'helo', base })).to.deep.equal(['192.0.2.7', `other.${HELO}`]);
    expect(from({ kind: 'key', part: 'recipient', base })).to.deep.equal(['192.0.2.7', HELO]);
  });

  it('comes from the address of the system where none was given', () => {
    const none = new Story().session(0, [{ tuple: 1 }]).state;
    expect(connect({ state: none }, { kind: 'plant' }, PINNED, null).sourceAddress).to.equal(null);
  });
});

describe('an end that is planned', () => {
  it('has its reason', () => {
    expect(finish('answered')).to.deep.equal({ kind: 'finish', reason: 'answered' });
  });
});
