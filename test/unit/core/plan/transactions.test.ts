import { expect } from 'chai';
import { nextTransaction } from '../../../../src/core/plan/planner.js';
import type { Step } from '../../../../src/core/plan/step.js';
import { DEFAULT_REQUEST, type ProbeRequest } from '../../../../src/core/run/request.js';
import { ACCEPTED, Story, stamp, type Told } from '../run/support/story.js';

const FULL = { code: 452, enhanced: '4.2.2', text: ['Mailbox is full'] };
const DENIED = { code: 550, enhanced: '5.7.1', text: ['Denied'] };
const GO = { code: 421, enhanced: '4.3.2', text: ['Closing, come back later'] };

/** What happened at which second. */
type Connection = readonly [seconds: number, attempts: readonly Told[]];

/** Which tuple is tried next in the last of these connections, and as what; null: none. */
function next(
  step: Step['kind'] | Step,
  sessions: readonly Connection[],
  changes: Partial<ProbeRequest> = {},
): readonly [string, string] | null {
  const story = new Story(changes);
  for (const [seconds, attempts] of sessions) story.session(seconds, attempts);
  const { state } = story;
  const [now = 0] = sessions.at(-1) ?? [];
  const kind = typeof step === 'string' ? plain(step) : step;
  const found = nextTransaction(state, kind, state.sessions.length, stamp(now * 1000 + 500));
  if (found === null) return null;
  const { tuple, role } = found;
  return [tuple === 'fresh' ? 'fresh' : 'id' in tuple ? tuple.id : tuple.part, role];
}

function plain(kind: Step['kind']): Step {
  if (kind === 'key' || kind === 'age') throw new Error(`${kind} needs a tuple`);
  return { kind };
}

const control = (tuple: number, more: Partial<Told> = {}): Told => ({
  tuple,
  role: 'control',
  ...more,
});
const retry = (tuple: number, more: Partial<Told> = {}): Told => ({
  tuple,
  role: 'retry',
  ...more,
});
const confirm = (tuple: number, more: Partial<Told> = {}): Told => ({
  tuple,
  role: 'confirm',
  ...more,
});
const OK = { reply: ACCEPTED };

describe('the first connection', () => {
  it('tries one sender, then plants others while they are deferred', () => {
    expect(next('begin', [[0, []]])).to.deep.equal(['fresh', 'first']);
    expect(next('begin', [[0, [{ tuple: 1 }]]])).to.deep.equal(['fresh', 'control']);
    expect(next('begin', [[0, [{ tuple: 1 }, control(2)]]])).to.deep.equal(['fresh', 'control']);
  });

  it('looks for one of another domain that waits where the first was let in', () => {
    const letIn: readonly Connection[] = [[0, [{ tuple: 1, sender: 'a@one.example', ...OK }]]];
    expect(next('begin', [[0, [{ tuple: 1, ...OK }]]])).to.equal(null);
    const senders = { kind: 'list', addresses: ['a@one.example', 'b@two.example'] } as const;
    expect(next('begin', letIn, { senders })).to.deep.equal(['fresh', 'control']);
  });

  it('ends where the host says that it has enough, refuses, or is silent', () => {
    expect(next('begin', [[0, [{ tuple: 1, reply: GO }]]])).to.equal(null);
    expect(next('begin', [[0, [{ tuple: 1, reply: DENIED }]]])).to.equal(null);
    expect(next('begin', [[0, [{ tuple: 1, lost: 'timeout' }]]])).to.equal(null);
    expect(next('begin', [[0, [{ tuple: 1, lost: 'never' }]]])).to.equal(null);
  });

  it('plants one beside a deferral for another cause, to see whether all get it', () => {
    expect(next('begin', [[0, [{ tuple: 1, reply: FULL }]]])).to.deep.equal(['fresh', 'control']);
    expect(next('begin', [[0, [{ tuple: 1, reply: FULL }, control(2, { reply: FULL })]]])).to.equal(
      null,
    );
  });

  it('asks nobody else once one was rejected, or was not answered', () => {
    for (const end of [{ reply: DENIED }, { lost: 'timeout' as const }]) {
      expect(
        next('other-client', [
          [0, [{ tuple: 1 }]],
          [9, [control(2, end)]],
        ]),
      ).to.equal(null);
      expect(
        next('climb', [
          [0, [{ tuple: 1 }]],
          [60, [control(2, end)]],
        ]),
      ).to.equal(null);
    }
  });

  it('begins with the sender that no host has met', () => {
    const blocked: Told = { tuple: 1, lost: 'timeout', stage: 'connect' };
    expect(
      next('begin', [
        [0, [blocked]],
        [60, []],
      ]),
    ).to.deep.equal(['t1', 'first']);
    const met: Told = { tuple: 1, lost: 'timeout' };
    expect(
      next('begin', [
        [0, [met]],
        [60, []],
      ]),
    ).to.deep.equal(['fresh', 'first']);
  });

  it('shows two senders where hosts are screened, and no more than manners allow', () => {
    const two: readonly Connection[] = [[0, [{ tuple: 1 }, control(2)]]];
    expect(next('begin', two, { screen: true })).to.equal(null);
    expect(next('begin', [[0, [{ tuple: 1 }]]], { screen: true })).to.deep.equal([
      'fresh',
      'control',
    ]);
    const manners = { ...DEFAULT_REQUEST.manners, transactionsPerSession: 2 };
    expect(next('begin', two, { manners })).to.equal(null);
    expect(next('begin', [[0, [{ tuple: 1 }]]], { manners })).to.deep.equal(['fresh', 'control']);
    expect(
      next('plant', [
        [0, [{ tuple: 1, lost: 'session-limit' }]],
        [9, [control(2)]],
      ]),
    ).to.equal(null);
  });
});

describe('a connection for planting', () => {
  it('plants until one is let in', () => {
    expect(
      next('plant', [
        [0, [{ tuple: 1 }]],
        [3, []],
      ]),
    ).to.deep.equal(['fresh', 'control']);
    expect(
      next('plant', [
        [0, [{ tuple: 1 }]],
        [3, [control(2)]],
      ]),
    ).to.deep.equal(['fresh', 'control']);
    expect(
      next('plant', [
        [0, [{ tuple: 1 }]],
        [3, [control(2, OK)]],
      ]),
    ).to.equal(null);
  });
});

describe('a step of the ladder', () => {
  const planted: Connection = [0, [{ tuple: 1 }, control(2), control(3), control(4)]];

  it('is a control, then the sender that is retried, then fresh ones', () => {
    expect(next('climb', [planted, [15, []]])).to.deep.equal(['fresh', 'control']);
    expect(next('climb', [planted, [15, [control(5)]]])).to.deep.equal(['t1', 'retry']);
    expect(next('climb', [planted, [15, [control(5), retry(1)]]])).to.deep.equal([
      'fresh',
      'control',
    ]);
  });

  it('goes without a control where the host hears only the first transaction', () => {
    const cut: Connection = [0, [{ tuple: 1 }, control(2, { lost: 'session-limit' })]];
    expect(next('climb', [cut, [60, []]])).to.deep.equal(['t1', 'retry']);
  });

  it('goes without a control where the host answers before it hears a sender', () => {
    const early: Connection = [0, [{ tuple: 1, stage: 'helo' }]];
    expect(next('climb', [early, [60, []]])).to.deep.equal(['t1', 'retry']);
  });

  it('ends after a pass with one left alone, and a control that tells who was let in', () => {
    const first = [control(5), retry(1, OK)];
    expect(next('climb', [planted, [300, first]])).to.deep.equal(['t2', 'confirm']);
    const passed = [...first, confirm(2, OK)];
    expect(next('climb', [planted, [300, passed]])).to.deep.equal(['fresh', 'control']);
    expect(next('climb', [planted, [300, [...passed, control(6)]]])).to.equal(null);
  });

  it('tries one of an age between after a pass, and then the control', () => {
    const steps: readonly Connection[] = [
      [0, [{ tuple: 1 }]],
      [60, [control(2), retry(1)]],
    ];
    const passed = [control(3), retry(1, OK)];
    expect(next('climb', [...steps, [300, passed]])).to.deep.equal(['t2', 'confirm']);
    expect(next('climb', [...steps, [300, [...passed, confirm(2)]]])).to.deep.equal([
      'fresh',
      'control',
    ]);
  });

  it('tries nothing while no sender was answered', () => {
    expect(
      next('climb', [
        [0, [{ tuple: 1, lost: 'timeout' }]],
        [60, []],
      ]),
    ).to.equal(null);
  });
});

describe('a second client address', () => {
  it('is asked once, with a fresh sender', () => {
    const first: Connection = [0, [{ tuple: 1, ...OK }]];
    expect(next('other-client', [first, [60, []]])).to.deep.equal(['fresh', 'control']);
    expect(next('other-client', [first, [60, [control(2)]]])).to.equal(null);
  });
});

describe('a part of the key', () => {
  it('is changed beside a control', () => {
    const planted: Connection = [0, [{ tuple: 1 }, control(2)]];
    const base = new Story().session(...planted).state.attempts[1]?.tuple ?? expect.fail();
    const step = { kind: 'key', part: 'helo', base } as const;
    expect(next(step, [planted, [300, []]])).to.deep.equal(['fresh', 'control']);
    expect(next(step, [planted, [300, [control(3)]]])).to.deep.equal(['helo', 'confirm']);
  });
});

describe('a later age', () => {
  const planted: Connection = [0, [{ tuple: 1 }, control(2), control(3)]];
  const opened: Connection = [300, [control(4), retry(1, OK)]];
  const tuple = new Story().session(...planted).state.attempts[1]?.tuple ?? expect.fail();
  const later = (...done: readonly Told[]) =>
    next({ kind: 'age', tuple }, [planted, opened, [7200, done]]);

  it('is looked at by a control, and one that was left alone', () => {
    expect(later()).to.deep.equal(['fresh', 'control']);
    expect(later(control(5))).to.deep.equal(['t2', 'confirm']);
    expect(later(control(5), confirm(2, OK))).to.equal(null);
  });

  it('is looked at twice where that was refused, and by one that the list has let in', () => {
    expect(later(control(5), confirm(2))).to.deep.equal(['t3', 'confirm']);
    expect(later(control(5), confirm(2), confirm(3, OK))).to.equal(null);
    expect(later(control(5), confirm(2), confirm(3))).to.deep.equal(['t1', 'retry']);
    expect(later(control(5), confirm(2), confirm(3), retry(1, OK))).to.equal(null);
  });
});
