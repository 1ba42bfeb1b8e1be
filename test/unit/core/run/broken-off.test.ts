import { expect } from 'chai';
import { endedItsProcess, wasBrokenOff } from '../../../../src/core/run/broken-off.js';
import type { ProbeEvent } from '../../../../src/core/run/events.js';
import { foldEvents } from '../../../../src/core/run/state.js';
import { at, everyEvent, otherEvents } from '../../edges/journal/support/events.js';

const resumed: ProbeEvent = { type: 'run-resumed', at: at(50, 1), warnings: [] };

function judged(events: readonly (ProbeEvent | undefined)[]) {
  const state = foldEvents(events.filter((event) => event !== undefined));
  const session = state?.sessions[0];
  if (state === null || session === undefined) throw new Error('no session');
  return { brokenOff: wasBrokenOff(state, session), last: endedItsProcess(state, session) };
}

describe('a session whose process ended', () => {
  const killedInSession = everyEvent().slice(0, 4);
  const ended = everyEvent().slice(0, 8);

  it('was broken off when its end was never written', () => {
    expect(judged([...killedInSession, resumed])).to.deep.equal({ brokenOff: true, last: true });
  });

  it('goes on while its own process drives the run', () => {
    expect(judged(killedInSession)).to.deep.equal({ brokenOff: false, last: false });
  });

  it('was not broken off when it came to its end', () => {
    expect(judged([...ended, resumed])).to.deep.equal({ brokenOff: false, last: true });
  });

  it('was broken off when the program was told to stop', () => {
    const [start, resolved, session, , , attempt] = everyEvent();
    const [, silent] = otherEvents();
    if (silent?.type !== 'attempt-finished') throw new Error('no attempt');
    const stopped = { ...silent, failure: { code: 'interrupted' as const, message: 'Stopped.' } };
    const end: ProbeEvent = { type: 'session-ended', at: at(3), session: 1 };
    expect(judged([start, resolved, session, attempt, stopped, end]).brokenOff).to.equal(true);
    expect(judged([start, resolved, session, attempt, silent, end]).brokenOff).to.equal(false);
  });
});
