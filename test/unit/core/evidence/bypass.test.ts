import { expect } from 'chai';
import { bypassedSessions } from '../../../../src/core/evidence/bypass.js';
import { ACCEPTED, PINNED, Story, type Told } from '../run/support/story.js';

const passed = (tuple: number, more: Partial<Told> = {}): Told => ({
  tuple,
  reply: ACCEPTED,
  ...more,
});

/** The connections, a minute apart, in which nobody asked the list. */
function bypassed(
  sessions: readonly (readonly Told[])[],
  machineOf: (session: number) => string | null = () => null,
): readonly number[] {
  const story = new Story();
  for (const [index, attempts] of sessions.entries()) story.session(60 * index, attempts);
  return [...bypassedSessions(story.state, PINNED, machineOf)];
}

describe('connections in which nobody asked the list', () => {
  it('let a new sender in, where a later one is deferred again', () => {
    expect(bypassed([[{ tuple: 1 }], [passed(2)], [{ tuple: 3 }]])).to.deep.equal([2]);
    expect(bypassed([[passed(1), passed(2)], [{ tuple: 3 }]])).to.deep.equal([1]);
  });

  it('are none where no new one was let in, or none deferred afterwards', () => {
    expect(bypassed([[{ tuple: 1 }], [passed(1)], [{ tuple: 3 }]])).to.deep.equal([]);
    expect(bypassed([[{ tuple: 1 }], [passed(2)]])).to.deep.equal([]);
    expect(bypassed([[passed(2)], [passed(3)]])).to.deep.equal([]);
  });

  it('let all in that were tried', () => {
    expect(bypassed([[passed(1), { tuple: 2 }], [{ tuple: 3 }]])).to.deep.equal([]);
    expect(bypassed([[passed(1), { tuple: 2, lost: 'timeout' }], [{ tuple: 3 }]])).to.deep.equal([
      1,
    ]);
  });

  it('are not told by what was deferred for another cause, or is of another kind', () => {
    const full: Told = {
      tuple: 3,
      reply: { code: 452, enhanced: '4.2.2', text: ['Mailbox is full'] },
    };
    expect(bypassed([[passed(2)], [full]])).to.deep.equal([]);
    expect(bypassed([[passed(2)], [{ tuple: 3, client: '198.51.100.7' }]])).to.deep.equal([]);
    expect(bypassed([[passed(2)], [{ tuple: 3, lost: 'timeout' }]])).to.deep.equal([]);
  });

  it('are those of the machine that defers again', () => {
    const sessions = [[passed(1)], [{ tuple: 2 }]];
    expect(bypassed(sessions, (session) => `mx${session}`)).to.deep.equal([]);
    expect(bypassed(sessions, () => 'mx1')).to.deep.equal([1]);
  });

  it('are those of the host that is measured', () => {
    const { state } = new Story().session(0, [passed(1)]).session(60, [{ tuple: 2 }]);
    const other = { ...PINNED, port: 26 };
    expect([...bypassedSessions(state, other, () => null)]).to.deep.equal([]);
  });
});
