import { expect } from 'chai';
import {
  clockJumpWarnings,
  clockWentBackWarnings,
} from '../../../../src/core/evidence/clock-jumps.js';
import { foldEvents, type RunState } from '../../../../src/core/run/state.js';
import { greylists } from '../../../../src/sandbox/behaviours.js';
import { PLAIN_POLICY } from '../../../../src/sandbox/greylister-policy.js';
import { createVirtualClock } from '../../../../src/sandbox/virtual/virtual-clock.js';
import { everyEvent } from '../../edges/journal/support/events.js';
import { virtualRun } from '../run/support/virtual-run.js';

describe('clocks that jump', () => {
  /** The events of a run, with the wall clock set by so much from the given event on. */
  function withJump(jumpMs: number, fromIndex: number): RunState {
    const state = foldEvents(
      everyEvent().map((event, index) =>
        index < fromIndex || event.at.segment !== 0
          ? event
          : { ...event, at: { ...event.at, wallMs: event.at.wallMs + jumpMs } },
      ),
    );
    if (state === null) throw new Error('no run');
    return state;
  }

  it('are told of, with how far and when', () => {
    for (const jumpMs of [3_600_000, -3_600_000]) {
      const [warning, ...others] = clockJumpWarnings(withJump(jumpMs, 7));
      expect(others).to.deep.equal([]);
      expect(warning?.code).to.equal('clocks-moved-apart');
      expect(warning?.message).to.match(/moved apart by 3600 s/u);
    }
  });

  it('are no news where they are set by a second', () => {
    expect(clockJumpWarnings(withJump(1000, 7))).to.deep.equal([]);
  });

  it('are not seen in a run with steady clocks, nor across a restart', async () => {
    expect(clockJumpWarnings(withJump(0, 0))).to.deep.equal([]);
    const { state } = await virtualRun(greylists({ ...PLAIN_POLICY, delaySeconds: 120 }));
    expect(clockJumpWarnings(state)).to.deep.equal([]);
  });

  it('are told of when they show less than the run has seen', () => {
    const state = withJump(0, 0);
    const last = state.lastAt.wallMs;
    expect(clockWentBackWarnings(state, last - 60_000)[0]?.message).to.contain('60 s before');
    expect(clockWentBackWarnings(state, last - 500)).to.deep.equal([]);
    expect(clockWentBackWarnings(state, createVirtualClock(last + 1).read().wallMs)).to.deep.equal(
      [],
    );
  });
});
