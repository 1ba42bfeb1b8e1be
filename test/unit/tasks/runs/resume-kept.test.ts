import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { buildResult } from '../../../../src/contract/build-result.js';
import type { ProbeEvent } from '../../../../src/core/run/events.js';
import { foldEvents } from '../../../../src/core/run/state.js';
import { lockRun } from '../../../../src/edges/journal/lock.js';
import { lockPath } from '../../../../src/edges/journal/paths.js';
import { readJournal } from '../../../../src/edges/journal/reader.js';
import { GreyprobeError } from '../../../../src/model/errors.js';
import type { Dialer, Session } from '../../../../src/model/ports/dialer.js';
import { greylists } from '../../../../src/sandbox/behaviours.js';
import { PLAIN_POLICY } from '../../../../src/sandbox/greylister-policy.js';
import { type Driven, startKept } from '../../../../src/tasks/runs/drive-kept.js';
import { beginKeptRun, type KeptRun } from '../../../../src/tasks/runs/kept-run.js';
import { resumeKept } from '../../../../src/tasks/runs/resume-kept.js';
import { ONE_SENDER, request } from '../../core/run/support/virtual-run.js';
import { temporaryFolder } from '../../edges/journal/support/folder.js';
import { hostsAt, virtualWorld, type World } from './support/world.js';

const VERSION = '1.2.3';
const DELAY_SECONDS = 300;
const RETRY_AT = [60, 250, 299, 302];
const GREYLISTER = { ...PLAIN_POLICY, delaySeconds: DELAY_SECONDS, clockGranularitySeconds: 0 };

describe('a run that is kept', () => {
  const folder = temporaryFolder();
  const begin = (world: World): KeptRun =>
    beginKeptRun(folder(), {
      version: VERSION,
      nowWallMs: world.clock.read().wallMs,
      random: world.ports.random,
    });
  const start = (world: World, kept = begin(world), changes = {}) =>
    startKept(kept, request(changes), world.ports, { version: VERSION, noWait: true });
  const rejected = async (promise: Promise<unknown>): Promise<GreyprobeError> => {
    const error = await promise.then(
      () => null,
      (reason: unknown) => reason,
    );
    if (error instanceof GreyprobeError) return error;
    throw error ?? new Error('it was not rejected');
  };

  it('goes from visit to visit without anybody waiting, and finds the window', async () => {
    const world = virtualWorld(greylists(GREYLISTER));
    const kept = begin(world);
    let driven: Driven = await start(world, kept);
    let visits = 1;
    while (driven.state.finished === null) {
      expect(driven.state.paused?.reason).to.equal('not-yet');
      const due = driven.state.paused?.dueWallMs ?? 0;
      world.clock.advance(due - world.clock.read().wallMs + 200);
      driven = await resumeKept(kept, world.ports, { noWait: true });
      visits += 1;
      expect(visits).to.be.below(100);
    }
    const result = buildResult(driven.state, driven.version);
    expect(result.verdict).to.include({ kind: 'greylisted', confidence: 'confirmed' });
    expect(result.window?.opens.afterSeconds).to.be.at.most(DELAY_SECONDS);
    expect(result.window?.opens.bySeconds).to.be.at.least(DELAY_SECONDS);
    const read = readJournal(kept.path);
    expect(buildResult(foldEvents(read.events) ?? driven.state, read.header.version)).to.deep.equal(
      result,
    );
  });

  it('writes nothing and asks nobody while it is not due', async () => {
    const world = virtualWorld(greylists(GREYLISTER));
    const kept = begin(world);
    const first = await start(world, kept);
    const before = readFileSync(kept.path, 'utf8');
    const lookups = world.lookups();
    const again = await resumeKept(kept, world.ports, { noWait: true });
    expect(again.state).to.deep.equal(first.state);
    expect(readFileSync(kept.path, 'utf8')).to.equal(before);
    expect(world.lookups()).to.equal(lookups);
  });

  it('that has finished is given back as it is, however often a cron job asks', async () => {
    const world = virtualWorld({});
    const kept = begin(world);
    const first = await start(world, kept);
    expect(first.state.finished?.reason).to.equal('answered');
    const files = () => [kept.path, lockPath(kept.path)].map((path) => readFileSync(path, 'utf8'));
    const before = files();
    for (const noWait of [false, true]) {
      expect((await resumeKept(kept, world.ports, { noWait })).state).to.deep.equal(first.state);
    }
    expect(files()).to.deep.equal(before);
  });

  it('is driven by one process at a time', async () => {
    const world = virtualWorld(greylists(GREYLISTER));
    const kept = begin(world);
    await start(world, kept);
    const other = lockRun(kept.path);
    const problem = await rejected(resumeKept(kept, world.ports));
    expect(problem.code).to.equal('run-is-locked');
    other.release();
  });

  it('stays with its address when the DNS names it no more, and says so once', async () => {
    const world = virtualWorld(greylists(GREYLISTER));
    const kept = begin(world);
    await start(world, kept);
    world.nowLocated(hostsAt('192.0.2.99'));
    for (const visit of [1, 2]) {
      world.clock.advance(60_000);
      const { state } = await resumeKept(kept, world.ports, { noWait: true });
      const said = state.warnings.filter(({ code }) => code === 'pinned-address-gone');
      expect(said, `visit ${visit}`).to.have.length(1);
      expect(new Set(state.sessions.map((one) => one.host.address))).to.deep.equal(
        new Set(['192.0.2.1']),
      );
    }
  });

  it('says when the clock went back', async () => {
    const world = virtualWorld(greylists(GREYLISTER));
    const kept = begin(world);
    await start(world, kept);
    world.clock.shiftWall(-3_600_000);
    const { state } = await resumeKept(kept, world.ports, { noWait: true });
    expect(state.warnings.map(({ code }) => code)).to.include('clock-went-back');
  });

  for (const jumpMs of [3_600_000, -3_600_000]) {
    it(`claims nothing that is not so when the clock is set by ${jumpMs} ms, then resumed`, async () => {
      const world = virtualWorld(greylists(GREYLISTER));
      const stop = new AbortController();
      world.clock.at(20_000, () => world.clock.shiftWall(jumpMs));
      world.clock.at(40_000, () => stop.abort());
      const kept = begin(world);
      const options = { version: VERSION, signal: stop.signal };
      const first = await startKept(kept, request(), world.ports, options);
      expect(first.state.paused?.reason).to.equal('interrupted');
      world.clock.advance(10_000);
      const { state } = await resumeKept(kept, world.ports);
      const { window, warnings } = buildResult(state, VERSION);
      expect(window?.opens.afterSeconds ?? 0).to.be.at.most(DELAY_SECONDS);
      expect(window?.opens.bySeconds).to.be.at.least(DELAY_SECONDS);
      expect(warnings.map(({ code }) => code)).to.include('clocks-moved-apart');
    });
  }

  it('that cannot be kept any more stops with what was seen, the last answer included', async () => {
    const world = virtualWorld(greylists(GREYLISTER));
    const kept = begin(world);
    const failure = new GreyprobeError('journal-write-failed', 'The disk is full.');
    const lost: ProbeEvent[] = [];
    let room = 8;
    const full: KeptRun = {
      ...kept,
      keep: (event) => {
        room -= 1;
        if (room < 0) {
          lost.push(event);
          throw failure;
        }
        return kept.keep(event);
      },
    };
    const driven = await start(world, full);
    expect(driven.failure).to.equal(failure);
    expect(driven.state.attempts.length).to.be.above(0);
    expect(lost.map(({ type }) => type)).to.deep.equal(['attempt-finished']);
    const seen = [...readJournal(kept.path).events, ...lost];
    expect(foldEvents(seen)).to.deep.equal(driven.state);
    const connections = world.connections();
    const after = await resumeKept(kept, world.ports);
    expect(after.failure).to.equal(null);
    expect(after.state.finished?.reason).to.equal('answered');
    expect(world.connections()).to.be.above(connections);
  });

  it('that cannot be kept at all is not begun', async () => {
    const world = virtualWorld(greylists(GREYLISTER));
    const failure = new GreyprobeError('journal-write-failed', 'The disk is full.');
    const kept: KeptRun = {
      ...begin(world),
      keep: () => {
        throw failure;
      },
    };
    expect(await rejected(start(world, kept))).to.equal(failure);
    expect(world.connections()).to.equal(0);
  });

  describe('stopped after the host met its first sender, before it could answer', () => {
    async function stoppedInFirstAttempt(changes: Parameters<typeof request>[0]) {
      const world = virtualWorld(greylists(GREYLISTER));
      const stop = new AbortController();
      const dialer = silencedAfterwards(world.ports.dialer, () => stop.abort());
      const kept = begin(world);
      const first = await startKept(
        kept,
        request(changes),
        { ...world.ports, dialer },
        {
          version: VERSION,
          signal: stop.signal,
        },
      );
      expect(first.state.paused?.reason).to.equal('interrupted');
      world.clock.advance((DELAY_SECONDS + 60) * 1000);
      const { state } = await resumeKept(kept, world.ports);
      return buildResult(state, VERSION);
    }

    /** The host hears the transaction, but its reply is not read any more. */
    function silencedAfterwards(dialer: Dialer, stop: () => void): Dialer {
      return {
        async dial(wanted) {
          const { session, end } = await dialer.dial(wanted);
          if (session === null) return { session, end };
          const silenced: Session = {
            facts: session.facts,
            open: true,
            unasked: null,
            async transact(transaction) {
              const heard = await session.transact(transaction);
              stop();
              const failure = { code: 'interrupted', message: 'Stopped.' } as const;
              return { ...heard, reply: null, failure };
            },
            quit: () => session.quit(),
          };
          return { session: silenced, end: null };
        },
      };
    }

    it('it measures with a fresh one', async () => {
      const { verdict, window } = await stoppedInFirstAttempt({});
      expect(verdict).to.include({ kind: 'greylisted', confidence: 'confirmed' });
      expect(window?.opens.afterSeconds ?? 0).to.be.at.most(DELAY_SECONDS);
      expect(window?.opens.bySeconds).to.be.at.least(DELAY_SECONDS);
    });

    it('it claims nothing where there is no other', async () => {
      const { verdict, window } = await stoppedInFirstAttempt({ senders: ONE_SENDER });
      expect(verdict).to.include({ kind: 'accepted', confidence: 'possible' });
      expect(window).to.equal(null);
    });
  });

  describe('killed after any event', function () {
    // Some hundred runs each: seconds on an idle machine, more beside other work.
    this.timeout(60_000);
    let runs = 0;

    for (const [pool, changes] of [
      ['fresh senders', { retryAtSeconds: RETRY_AT }],
      ['one sender', { retryAtSeconds: RETRY_AT, senders: ONE_SENDER }],
    ] as const) {
      it(`comes to an end that holds the truth, with ${pool}`, async () => {
        const whole = await killedAfter(Number.POSITIVE_INFINITY, changes);
        for (const cut of momentsOf(whole.events)) {
          const { state, events } = await killedAfter(cut, changes);
          const type = events[cut - 1]?.type;
          const result = buildResult(state, VERSION);
          expect(result.verdict.kind, `${cut} ${type}`).to.equal('greylisted');
          const { afterSeconds, bySeconds } = result.window?.opens ?? {};
          expect(afterSeconds, `${cut} ${type}`).to.be.at.most(DELAY_SECONDS);
          expect(bySeconds, `${cut} ${type}`).to.be.at.least(DELAY_SECONDS);
          expect(state.sessions.length).to.be.at.most(whole.state.sessions.length + 3);
        }
      });
    }

    /** The first event of each type, and every fifth: each costs a run. */
    function momentsOf(events: readonly ProbeEvent[]): readonly number[] {
      const types = events.map((event) => event.type);
      return types.flatMap((type, index) =>
        index + 1 < types.length && (index % 5 === 0 || types.indexOf(type) === index)
          ? [index + 1]
          : [],
      );
    }

    /** Drives a run, dies once so many events were kept, and resumes it a little later. */
    async function killedAfter(cut: number, changes: Parameters<typeof request>[0]) {
      runs += 1;
      const world = virtualWorld(greylists(GREYLISTER), runs);
      const kept = begin(world);
      const killed = new Error('killed');
      const events: ProbeEvent[] = [];
      const keep = (event: ProbeEvent) => {
        if (events.length >= cut) throw killed;
        events.push(event);
        return kept.keep(event);
      };
      const started = await startKept({ ...kept, keep }, request(changes), world.ports, {
        version: VERSION,
      }).catch((error: unknown) => {
        if (error !== killed) throw error;
        return null;
      });
      if (started !== null) return { state: started.state, events };
      world.clock.advance(7000);
      const { state } = await resumeKept(kept, world.ports);
      return { state, events };
    }
  });
});
