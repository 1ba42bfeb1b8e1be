import { expect } from 'chai';
import type { ProbeEvent } from '../../../../src/core/run/events.js';
import { foldEvents } from '../../../../src/core/run/state.js';
import { ACCEPTED, PINNED, Story, stamp } from './support/story.js';
import { request } from './support/virtual-run.js';

const started: ProbeEvent = { type: 'run-started', at: stamp(0), run: 'run', request: request() };

describe('the fold of a run', () => {
  it('is nothing before the run starts', () => {
    expect(foldEvents([])).to.equal(null);
  });

  it('reads outcomes off the basic code (RFC 5321 §4.2.1)', () => {
    const { attempts } = new Story()
      .session(0, [
        { tuple: 1, reply: ACCEPTED },
        { tuple: 2, reply: { code: 354 } },
        { tuple: 3, reply: { code: 451 } },
      ])
      .session(10, [
        { tuple: 4, reply: { code: 554 } },
        { tuple: 5, lost: 'timeout' },
        { tuple: 6, lost: 'never' },
      ]).state;
    expect(attempts.map((one) => one.end?.outcome ?? null)).to.deep.equal([
      'accepted',
      'accepted',
      'deferred',
      'rejected',
      'failed',
      null,
    ]);
  });

  it('keeps the history of a tuple by host address, since that is where its state lives', () => {
    const other = { ...PINNED, address: '192.0.2.2' };
    const { histories } = new Story()
      .session(0, [{ tuple: 1 }, { tuple: 2 }])
      .session(10, [{ tuple: 1 }])
      .session(20, [{ tuple: 1 }], other).state;
    const counts = [...histories.values()].map((one) => [
      one.host.address,
      one.tuple.id,
      one.attempts.length,
    ]);
    expect(counts).to.deep.equal([
      [PINNED.address, 't1', 2],
      [PINNED.address, 't2', 1],
      ['192.0.2.2', 't1', 1],
    ]);
  });

  it('is no longer paused once it was resumed or has finished', () => {
    const paused: ProbeEvent = {
      type: 'run-paused',
      at: stamp(10),
      reason: 'not-yet',
      dueWallMs: 99,
    };
    const resumed: ProbeEvent = { type: 'run-resumed', at: stamp(20, 1), warnings: [] };
    const finished: ProbeEvent = { type: 'run-finished', at: stamp(30), reason: 'answered' };
    expect(foldEvents([started, paused])?.paused?.dueWallMs).to.equal(99);
    expect(foldEvents([started, paused, resumed])).to.deep.include({ paused: null, segment: 1 });
    expect(foldEvents([started, paused, finished])?.paused).to.equal(null);
  });

  for (const [what, events] of [
    ['a run that starts twice', [started, started]],
    ['what happens before the start', [{ type: 'session-ended', at: stamp(0), session: 1 }]],
    [
      'a session that never started',
      [started, { type: 'session-ended', at: stamp(0), session: 1 }],
    ],
    [
      'an attempt that never started',
      [
        started,
        {
          type: 'attempt-finished',
          at: stamp(0),
          n: 1,
          stage: 'rcpt',
          reply: null,
          failure: { code: 'timeout', message: '' },
          sent: stamp(0),
          replied: stamp(0),
        },
      ],
    ],
  ] as const satisfies readonly (readonly [string, readonly ProbeEvent[]])[]) {
    it(`refuses ${what}`, () => {
      expect(() => foldEvents(events)).to.throw(RangeError);
    });
  }
});
