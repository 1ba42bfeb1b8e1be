import { expect } from 'chai';
import { hearsOnlyFirst, limitsSessions } from '../../../../src/core/plan/hang-up.js';
import { PURPOSES } from '../../../../src/core/plan/purposes.js';
import type { RunState } from '../../../../src/core/run/state.js';
import { ACCEPTED, Story, type Told } from '../run/support/story.js';

const DEFERRED: Told = { tuple: 1 };
const CLOSED: Told = { tuple: 2, lost: 'connection-closed' };

/** Connections with these attempts, a minute apart, all for the same purpose. */
function stateOf(
  sessions: readonly (readonly Told[])[],
  purpose: string = PURPOSES.begin,
): RunState {
  const story = new Story();
  for (const [index, attempts] of sessions.entries()) story.session(60 * index, attempts);
  const { state } = story;
  return { ...state, sessions: state.sessions.map((one) => ({ ...one, purpose })) };
}

const twice = (...attempts: readonly Told[]) => [attempts, attempts];

describe('a host that hears only the first transaction', () => {
  it('refuses a further one for the sake of the connection, once', () => {
    const state = stateOf([[DEFERRED, { tuple: 2, lost: 'session-limit' }]]);
    expect(limitsSessions(state)).to.equal(true);
    expect(hearsOnlyFirst(state)).to.equal(true);
    expect(limitsSessions(stateOf([[DEFERRED, CLOSED]]))).to.equal(false);
    expect(limitsSessions(stateOf([[{ tuple: 1, lost: 'never' }]]))).to.equal(false);
  });

  it('hangs up after a deferral, in two connections', () => {
    expect(hearsOnlyFirst(stateOf(twice(DEFERRED, CLOSED)))).to.equal(true);
    expect(hearsOnlyFirst(stateOf([[DEFERRED, CLOSED]]))).to.equal(false);
    const reset: Told = { tuple: 2, lost: 'connection-reset' };
    expect(hearsOnlyFirst(stateOf(twice(DEFERRED, reset)))).to.equal(true);
  });

  it('is not one that is silent, nor one that hangs up at first or after a pass', () => {
    expect(hearsOnlyFirst(stateOf(twice(DEFERRED, { tuple: 2, lost: 'timeout' })))).to.equal(false);
    expect(hearsOnlyFirst(stateOf(twice(CLOSED)))).to.equal(false);
    expect(hearsOnlyFirst(stateOf(twice({ tuple: 1, reply: ACCEPTED }, CLOSED)))).to.equal(false);
    expect(hearsOnlyFirst(stateOf(twice(DEFERRED, CLOSED, { tuple: 3 })))).to.equal(false);
  });

  it('was quicker than us where a control alone was deferred and an aged tuple was to follow', () => {
    const control: Told = { tuple: 1, role: 'control' };
    for (const purpose of [PURPOSES.climb, PURPOSES.age]) {
      expect(hearsOnlyFirst(stateOf(twice(control), purpose)), purpose).to.equal(true);
    }
    expect(hearsOnlyFirst(stateOf(twice(control), PURPOSES.plant))).to.equal(false);
    const climb = (...attempts: readonly Told[]) =>
      hearsOnlyFirst(stateOf(twice(...attempts), PURPOSES.climb));
    expect(climb({ tuple: 1, role: 'retry' })).to.equal(false);
    expect(climb({ ...control, reply: ACCEPTED })).to.equal(false);
    expect(climb(control, control)).to.equal(false);
    expect(climb()).to.equal(false);
  });

  it('is not seen in a connection that goes on, or was broken off on our side', () => {
    const state = stateOf(twice(DEFERRED, CLOSED));
    const open = { ...state, sessions: state.sessions.map((one) => ({ ...one, ended: null })) };
    expect(hearsOnlyFirst(open)).to.equal(false);
    const ours: Told = { tuple: 3, lost: 'interrupted' };
    expect(hearsOnlyFirst(stateOf(twice(ours, DEFERRED, CLOSED)))).to.equal(false);
  });
});
