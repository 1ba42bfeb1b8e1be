import { expect } from 'chai';
import { decide } from '../../../../src/core/plan/planner.js';
import type { ProbeRequest } from '../../../../src/core/run/request.js';
import type { Reply } from '../../../../src/model/smtp.js';
import { ACCEPTED, Story, stamp, type Told } from '../run/support/story.js';

const FULL: Reply = { code: 452, enhanced: '4.2.2', text: ['Mailbox is full'] };
/** As postscreen says it: that clears within a minute. */
const BUSY: Reply = { code: 450, enhanced: '4.3.2', text: ['Service currently unavailable'] };
const DENIED: Reply = { code: 550, enhanced: '5.7.1', text: ['Denied'] };
const OK = { reply: ACCEPTED };

type Connection = readonly [seconds: number, attempts: readonly Told[]];

/** What the next connection is for and when, in seconds since when it counts; or why none follows. */
function next(
  sessions: readonly Connection[],
  now: number,
  changes: Partial<ProbeRequest> = {},
): readonly (string | number | null)[] | string {
  const story = new Story(changes);
  for (const [seconds, attempts] of sessions) story.session(seconds, attempts);
  const decision = decide(story.state, stamp(now * 1000));
  if (decision.kind === 'finish') return decision.reason;
  const { step, due, sourceAddress } = decision;
  const from = sourceAddress === null ? [] : [sourceAddress];
  const when = due === null ? ['now'] : [due.since.monotonicMs / 1000, due.delaySeconds];
  return [step.kind, ...when, ...from];
}

const retry = (tuple: number, more: Partial<Told> = {}): Told => ({
  tuple,
  role: 'retry',
  ...more,
});
const PLANTED: Connection = [0, [{ tuple: 1 }, { tuple: 2 }, { tuple: 3 }, { tuple: 4 }]];
const REFUSED: Connection = [60, [{ tuple: 5 }, retry(1)]];

describe('the plan before anything has passed', () => {
  it('climbs from step to step, counted from the first answer', () => {
    expect(next([[0, [{ tuple: 1 }]]], 1)).to.deep.equal(['climb', 0.1, 2]);
    expect(next([[0, [{ tuple: 1 }]]], 58, { retryAtSeconds: [60] })).to.deep.equal([
      'climb',
      0.1,
      60,
    ]);
  });

  it('plants where the first step is some time away', () => {
    expect(next([[0, [{ tuple: 1 }]]], 20, { retryAtSeconds: [60] })).to.deep.equal([
      'plant',
      'now',
    ]);
    expect(next([PLANTED], 1, { retryAtSeconds: [60, 300] })).to.deep.equal(['plant', 'now']);
  });

  it('takes the latest step that is overdue', () => {
    const retryAtSeconds = [60, 300, 600, 900];
    expect(next([PLANTED, REFUSED], 700, { retryAtSeconds })).to.deep.equal(['climb', 0.1, 600]);
    const early: Connection = [59.8, [{ tuple: 5 }, retry(1)]];
    expect(next([PLANTED, early], 100, { retryAtSeconds })).to.deep.equal(['climb', 0.1, 60]);
    expect(next([PLANTED, [61, [{ tuple: 5 }, retry(1)]]], 100, { retryAtSeconds })).to.deep.equal([
      'climb',
      0.1,
      300,
    ]);
  });

  it('ends with the last step', () => {
    const last: Connection = [61, [{ tuple: 5 }, retry(1)]];
    expect(next([PLANTED, last], 100, { retryAtSeconds: [60] })).to.equal('waited-long-enough');
  });

  it('goes on at once where only the control passed, and in 10 s where nobody answered', () => {
    const changes = { retryAtSeconds: [60, 300] };
    const passed: Connection = [60, [{ tuple: 5, role: 'control', ...OK }]];
    expect(next([PLANTED, passed], 61, changes)).to.deep.equal(['climb', 'now']);
    const again: Connection = [62, [{ tuple: 6, role: 'control', ...OK }]];
    expect(next([PLANTED, passed, again], 63, changes)).to.deep.equal(['climb', 0.1, 300]);
    const beside: Connection = [61, [retry(1), { tuple: 5, role: 'control', ...OK }]];
    expect(next([PLANTED, beside], 62, changes)).to.deep.equal(['climb', 0.1, 300]);
    const lost: Connection = [60, [retry(1, { lost: 'timeout' })]];
    expect(next([PLANTED, lost], 61, changes)).to.deep.equal(['climb', 60.1, 10]);
  });

  it('does not wait for what is no greylisting, unless it was asked to, or that clears soon', () => {
    const says = (reply: Reply): Connection => [0, [{ tuple: 1, reply }]];
    expect(next([says(FULL)], 1)).to.equal('answered');
    expect(next([says(FULL)], 58, { retryAtSeconds: [60] })).to.deep.equal(['climb', 0.1, 60]);
    expect(next([says(BUSY)], 1)).to.deep.equal(['climb', 0.1, 2]);
    expect(next([says(BUSY)], 1, { screen: true })).to.equal('answered');
    const late: Connection = [66, [retry(1, { reply: BUSY })]];
    expect(next([says(BUSY), late], 67)).to.equal('answered');
  });

  it('ends with a rejection', () => {
    expect(next([PLANTED, [60, [retry(1, { reply: DENIED })]]], 61)).to.equal('rejected');
  });
});

describe('the plan where all are let in at once', () => {
  const sourceAddresses = ['192.0.2.7', '198.51.100.7'];
  const letIn: Connection = [0, [{ tuple: 1, client: '192.0.2.7', ...OK }]];

  it('ends, or asks from a second client address, once', () => {
    expect(next([[0, [{ tuple: 1, ...OK }]]], 1)).to.equal('answered');
    expect(next([letIn], 1, { sourceAddresses })).to.deep.equal([
      'other-client',
      'now',
      '198.51.100.7',
    ]);
    const other: Connection = [9, [{ tuple: 2, client: '198.51.100.7', ...OK }]];
    expect(next([letIn, other], 10, { sourceAddresses })).to.equal('answered');
  });
});

describe('the plan after a pass', () => {
  const passed: Connection = [
    300,
    [{ tuple: 5, role: 'control' }, retry(1, OK), { tuple: 6, role: 'control' }],
  ];

  it('narrows and proves, at once or when a tuple is old enough', () => {
    expect(next([PLANTED, [60, [{ tuple: 7 }, retry(1)]], passed], 301)).to.deep.equal([
      'verify',
      'now',
    ]);
    const wide = { resolutionSeconds: 400 };
    expect(next([PLANTED, passed], 301, wide)).to.deep.equal(['verify', 0.2, 302.2]);
  });

  it('asks from a second client address where fresh senders pass as well', () => {
    const own = { client: '192.0.2.7' };
    const both: readonly Connection[] = [
      [
        0,
        [
          { tuple: 1, ...own },
          { tuple: 2, ...own },
        ],
      ],
      [300, [{ tuple: 5, role: 'control', ...own, ...OK }, retry(1, { ...own, ...OK })]],
    ];
    expect(next(both, 301, { sourceAddresses: ['192.0.2.7', '198.51.100.7'] })).to.deep.equal([
      'other-client',
      'now',
      '198.51.100.7',
    ]);
  });
});
