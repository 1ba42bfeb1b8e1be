import { expect } from 'chai';
import {
  clockJumpWarnings,
  clockWentBackWarnings,
} from '../../../../src/core/evidence/clock-jumps.js';
import { foldEvents, type RunState } from '../../../../src/core/run/state.js';
import type { Stamp } from '../../../../src/model/time.js';
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

  const stamp = (monotonicMs: number, wallMs = monotonicMs, segment = 0): Stamp => ({
    segment,
    monotonicMs,
    wallMs,
  });

  /** A run of which nothing is known but its beginning, its last event, and what is given. */
  function between(started: Stamp, lastAt: Stamp, more: Partial<RunState> = {}): RunState {
    return { ...withJump(0, 0), started, lastAt, sessions: [], attempts: [], ...more };
  }

  it('are told of from two seconds on', () => {
    expect(clockJumpWarnings(between(stamp(0), stamp(10_000, 11_999)))).to.deep.equal([]);
    expect(clockJumpWarnings(between(stamp(0), stamp(10_000, 12_000)))).to.deep.equal([
      {
        code: 'clocks-moved-apart',
        message:
          'Between 1970-01-01T00:00:00.000Z and 1970-01-01T00:00:12.000Z the clocks of this ' +
          'machine moved apart by 2 s: it slept, or its clock was set. Ages over that time span ' +
          'both readings. Measure again on a machine that stays awake for a narrower window.',
      },
    ]);
  });

  it('are told of from the first jump to the last, all of them added up', () => {
    const { sessions, attempts } = withJump(0, 0);
    const [session] = sessions;
    const [attempt] = attempts;
    if (session === undefined || !attempt?.end) throw new Error('a session and an attempt');
    const inSession = (ended: Stamp | null) =>
      between(stamp(0), stamp(10_000, 12_600), {
        sessions: [{ ...session, started: stamp(5000), ended }],
      });
    const said = (state: RunState) =>
      clockJumpWarnings(state)[0]?.message.match(/T00:00:\S+|apart by \d+ s/gu);
    expect(said(inSession(stamp(6000, 8600)))).to.deep.equal([
      'T00:00:05.000Z',
      'T00:00:08.600Z',
      'apart by 3 s',
    ]);
    expect(said(inSession(null))?.slice(0, 2)).to.deep.equal(['T00:00:05.000Z', 'T00:00:12.600Z']);
    const end = { ...attempt.end, sent: stamp(2000, 4600), replied: stamp(3000) };
    const tried = { attempts: [{ ...attempt, started: stamp(1000), end }] };
    expect(said(between(stamp(0), stamp(10_000), tried))).to.deep.equal([
      'T00:00:01.000Z',
      'T00:00:03.000Z',
      'apart by 5 s',
    ]);
    const open = { attempts: [{ ...attempt, started: stamp(1000), end: null }] };
    expect(said(between(stamp(0), stamp(10_000, 13_000), open))?.[0]).to.equal('T00:00:01.000Z');
  });

  it('are looked at process by process', () => {
    const [session] = withJump(0, 0).sessions;
    if (session === undefined) throw new Error('a session');
    const first = { ...session, started: stamp(5000, 9000), ended: null };
    const state = between(stamp(0), stamp(40, 90_000, 1), { sessions: [first] });
    expect(clockJumpWarnings(state)).to.have.length(1);
  });

  it('that went back are told of with what ages go by', () => {
    const state = { ...between(stamp(0), stamp(10_000)), boot: 'this' };
    const said = (nowMs: number, boot: string | null) =>
      clockWentBackWarnings(state, nowMs, boot).map(({ code, message }) => `${code} ${message}`);
    expect(said(8001, 'this')).to.deep.equal([]);
    const back = (seconds: number) =>
      `clock-went-back The clock shows a time ${seconds} s before the last event of the run ` +
      '(1970-01-01T00:00:10.000Z). ';
    expect(said(8000, 'this')).to.deep.equal([
      `${back(2)}Ages that span this restart go by the time since the machine was started.`,
    ]);
    const unknown =
      'How old a sender from before this restart is now is not known, and no window can rest on it: begin a new run.';
    expect(said(7400, 'other')).to.deep.equal([`${back(3)}${unknown}`]);
    expect(said(8000, null)).to.deep.equal([`${back(2)}${unknown}`]);
    expect(clockWentBackWarnings({ ...state, boot: null }, 8000)[0]?.message).to.contain(unknown);
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
