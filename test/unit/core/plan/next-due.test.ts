import { expect } from 'chai';
import { nextDueWallMs } from '../../../../src/core/plan/next-due.js';
import type { ProbeEvent } from '../../../../src/core/run/events.js';
import { foldEvents, type RunState } from '../../../../src/core/run/state.js';
import { greylists } from '../../../../src/sandbox/behaviours.js';
import { PLAIN_POLICY } from '../../../../src/sandbox/greylister-policy.js';
import { Story, stamp } from '../run/support/story.js';
import { virtualRun } from '../run/support/virtual-run.js';

function stateOf(events: readonly ProbeEvent[]): RunState {
  const state = foldEvents(events);
  if (state === null) throw new Error('no run');
  return state;
}

describe('when a run wants to go on', () => {
  const behaviour = greylists({ ...PLAIN_POLICY, delaySeconds: 300 });

  it('is what a paused run was told', async () => {
    const { state } = await virtualRun(behaviour, {}, { options: { noWait: true } });
    expect(state.paused?.dueWallMs).to.be.a('number');
    expect(nextDueWallMs(state)).to.equal(state.paused?.dueWallMs);
  });

  it('is never for one that has finished', async () => {
    const { state } = await virtualRun(behaviour);
    expect(nextDueWallMs(state)).to.equal(null);
  });

  it('is, for one that was killed while it waited, when it would have gone on', async () => {
    const { events } = await virtualRun(behaviour);
    for (const [index, event] of events.entries()) {
      const next = events.slice(index + 1).find((later) => later.type === 'session-started');
      if (event.type !== 'session-ended' || next === undefined) continue;
      const due = nextDueWallMs(stateOf(events.slice(0, index + 1)));
      expect(due).to.be.closeTo(next.at.wallMs, 10);
    }
  });

  it('is at once for one that was killed before it found its hosts', async () => {
    const { events } = await virtualRun(behaviour);
    const state = stateOf(events.slice(0, 1));
    expect(nextDueWallMs(state)).to.equal(state.lastAt.wallMs);
  });

  it('is when the step is due, at once where it is overdue, and later where manners want it', () => {
    const told = (seconds: number) =>
      new Story({ retryAtSeconds: [60] })
        .session(0, [{ tuple: 1 }])
        .session(seconds, [{ tuple: 2 }]).state;
    // Counted from the first answer, after 100 ms.
    expect(nextDueWallMs(told(57.5))).to.equal(stamp(60_100).wallMs);
    const late = { ...told(57.5), lastAt: stamp(70_000) };
    expect(nextDueWallMs(late)).to.equal(stamp(70_000).wallMs);
    // It would plant at once, a second after the connection before.
    expect(nextDueWallMs(told(20))).to.equal(stamp(21_100).wallMs);
  });

  it('is not at all for a run that has ended, whatever it was told while it was paused', () => {
    const { state } = new Story().session(0, [{ tuple: 1 }]);
    const paused = {
      ...state,
      paused: { type: 'run-paused', at: stamp(0), reason: 'not-yet', dueWallMs: 5 },
    } as const;
    expect(nextDueWallMs(paused)).to.equal(5);
    const finished = { type: 'run-finished', at: stamp(0), reason: 'answered' } as const;
    expect(nextDueWallMs({ ...paused, finished })).to.equal(null);
  });
});
