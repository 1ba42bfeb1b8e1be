import { expect } from 'chai';
import { planViewOf } from '../../../../src/core/plan/plan-view.js';
import { isRejected, reasonToStop, retryAfterFailure } from '../../../../src/core/plan/stopping.js';
import type { RunState } from '../../../../src/core/run/state.js';
import type { Reply } from '../../../../src/model/smtp.js';
import { ACCEPTED, Story, stamp, type Told } from '../run/support/story.js';

const GO: Reply = { code: 421, enhanced: '4.3.2', text: ['Closing, come back later'] };
const LOST: Told = { tuple: 1, lost: 'timeout' };

/** Sessions with one attempt each, a minute apart. */
function stateOf(...attempts: readonly Told[]): RunState {
  const story = new Story();
  for (const [index, attempt] of attempts.entries()) story.session(60 * index, [attempt]);
  return story.state;
}

describe('a run ends whatever its plan', () => {
  it('where no host can be asked', () => {
    const state = stateOf();
    const failed = (kind: 'no-mail-service' | 'dns-failure') =>
      reasonToStop({
        ...state,
        hostsFailed: {
          type: 'hosts-failed',
          at: stamp(0),
          kind,
          code: 'some',
          message: 'some',
          suggestions: [],
        },
      });
    expect(failed('no-mail-service')).to.equal('no-mail-service');
    expect(failed('dns-failure')).to.equal('unreachable');
    expect(reasonToStop(state)).to.equal(null);
  });

  it('where the last answer asks us to stop, and no answer before it', () => {
    expect(reasonToStop(stateOf({ tuple: 1, reply: GO }))).to.equal('throttled');
    expect(reasonToStop(stateOf({ tuple: 1, reply: GO }, { tuple: 2 }))).to.equal(null);
    expect(reasonToStop(stateOf({ tuple: 1 }))).to.equal(null);
    expect(reasonToStop(stateOf(LOST))).to.equal(null);
    expect(reasonToStop(stateOf({ tuple: 1, lost: 'never' }))).to.equal(null);
  });

  it('where the last connection was ended by a 421 that nothing of ours was answered with', () => {
    const state = stateOf({ tuple: 1 }, { tuple: 2 });
    const told = (n: number, unasked: Reply): RunState => ({
      ...state,
      sessions: state.sessions.map((one) => (one.n === n ? { ...one, unasked } : one)),
    });
    expect(reasonToStop(told(2, GO))).to.equal('throttled');
    expect(reasonToStop(told(1, GO))).to.equal(null);
    expect(reasonToStop(told(2, { ...GO, text: ['Greylisted'] }))).to.equal(null);
  });

  it('after three connections in a row without a reply', () => {
    expect(reasonToStop(stateOf(LOST, LOST, LOST))).to.equal('unreachable');
    expect(reasonToStop(stateOf(LOST, LOST))).to.equal(null);
    expect(reasonToStop(stateOf(LOST, { tuple: 1 }, LOST, LOST))).to.equal(null);
    expect(reasonToStop({ ...stateOf(LOST, LOST, LOST), pinned: null })).to.equal(null);
  });

  it('and counts no connection that was broken off on our side', () => {
    const ours: Told = { tuple: 1, lost: 'interrupted' };
    expect(reasonToStop(stateOf(LOST, LOST, ours))).to.equal(null);
    expect(reasonToStop(stateOf(LOST, LOST, ours, LOST))).to.equal('unreachable');
  });

  it('and takes a connection with one reply for answered', () => {
    const state = new Story()
      .session(0, [LOST])
      .session(60, [LOST])
      .session(120, [{ tuple: 1 }, LOST]).state;
    expect(reasonToStop(state)).to.equal(null);
  });
});

describe('a connection that failed', () => {
  it('is tried again 10 s after its end', () => {
    const state = stateOf({ tuple: 1 }, LOST);
    const end = state.sessions[1]?.ended;
    expect(end).to.not.equal(null);
    expect(retryAfterFailure(state)).to.deep.equal({ since: end, delaySeconds: 10 });
  });

  it('is tried again 10 s after its beginning where its end is not known', () => {
    const state = stateOf(LOST);
    const open = { ...state, sessions: state.sessions.map((one) => ({ ...one, ended: null })) };
    expect(retryAfterFailure(open)).to.deep.equal({ since: stamp(0), delaySeconds: 10 });
  });

  it('is none where the host answered, or was not asked', () => {
    expect(retryAfterFailure(stateOf(LOST, { tuple: 1 }))).to.equal(null);
    expect(retryAfterFailure(stateOf())).to.equal(null);
  });
});

describe('a measurement', () => {
  it('ends with a rejection of any attempt', () => {
    const isOver = (...attempts: readonly Told[]) =>
      isRejected(planViewOf(stateOf(...attempts), stamp(600_000)));
    const rejected = { tuple: 2, reply: { code: 550, enhanced: '5.7.1', text: ['Denied'] } };
    expect(isOver({ tuple: 1 }, rejected)).to.equal(true);
    expect(isOver({ tuple: 1 }, { tuple: 1, reply: ACCEPTED })).to.equal(false);
  });
});
