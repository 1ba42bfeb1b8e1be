import { expect } from 'chai';
import { buildResult } from '../../../../src/contract/build-result.js';
import { resumeRun, startRun } from '../../../../src/core/run/engine.js';
import type { ProbeEvent } from '../../../../src/core/run/events.js';
import type { Located, ProbePorts } from '../../../../src/core/run/ports.js';
import type { ProbeRequest } from '../../../../src/core/run/request.js';
import { GreyprobeError } from '../../../../src/model/errors.js';
import type { MailHost } from '../../../../src/model/mail-host.js';
import { greylists } from '../../../../src/sandbox/behaviours.js';
import { PLAIN_POLICY } from '../../../../src/sandbox/greylister-policy.js';
import type { MailHostBehaviour } from '../../../../src/sandbox/mail-host-behaviour.js';
import { createVirtualClock } from '../../../../src/sandbox/virtual/virtual-clock.js';
import { createVirtualDialer } from '../../../../src/sandbox/virtual/virtual-dialer.js';
import { createVirtualRandom } from '../../../../src/sandbox/virtual/virtual-random.js';
import { HOST, ONE_SENDER, request } from './support/virtual-run.js';

const SECOND_HOST = '192.0.2.2';

function mx(...addresses: readonly string[]): MailHost {
  return { name: 'mx.example.org', preference: 10, addresses, origin: 'mx' };
}

/** A world with hosts at addresses, which outlives the processes of a run. */
function world(hosts: Readonly<Record<string, MailHostBehaviour>>, located?: Located) {
  const clock = createVirtualClock();
  const random = createVirtualRandom(1);
  const dialer = createVirtualDialer({
    clock,
    random,
    hosts: Object.entries(hosts).map(([address, behaviour]) => ({ address, behaviour })),
  });
  const found: Located = located ?? {
    kind: 'hosts',
    hosts: [mx(...Object.keys(hosts))],
    warnings: [],
  };
  const ports: ProbePorts = { clock, random, dialer, locate: async () => found };
  const events: ProbeEvent[] = [];
  const keep = (event: ProbeEvent) => {
    events.push(event);
  };
  return { clock, dialer, ports, events, keep };
}

const greylister = (delaySeconds = 30): MailHostBehaviour =>
  greylists({ ...PLAIN_POLICY, delaySeconds, clockGranularitySeconds: 0 });

const one = (changes: Partial<ProbeRequest> = {}) => request({ senders: ONE_SENDER, ...changes });

describe('the engine', () => {
  it('tells what happens in order, and keeps each event before anybody hears of it', async () => {
    const { ports, events, keep } = world({ [HOST]: greylister() });
    const heard: number[] = [];
    await startRun('run', one({ retryAtSeconds: [31] }), ports, {
      keep,
      onEvent: () => heard.push(events.length),
    });
    expect(events.map(({ type }) => type)).to.deep.equal([
      'run-started',
      'hosts-resolved',
      'session-started',
      'session-opened',
      'host-pinned',
      'attempt-started',
      'attempt-finished',
      'session-ended',
      'session-started',
      'session-opened',
      'attempt-started',
      'attempt-finished',
      'session-ended',
      'run-finished',
    ]);
    expect(heard).to.deep.equal(events.map((_, index) => index + 1));
  });

  it('sends no message where the stage alone asks for it', async () => {
    const { dialer, events, keep, ports } = world({ [HOST]: greylister() });
    const asked = one({ stage: 'message' });
    const refused = await startRun('run', asked, ports, { keep }).catch((error: unknown) => error);
    expect(refused).to.be.instanceOf(GreyprobeError).and.to.include({ code: 'deliver-not-given' });
    expect(events).to.deep.equal([]);
    expect(dialer.connections).to.equal(0);
  });

  it('notices that the machine slept through a connection, and makes it soon after', async () => {
    const { clock, ports } = world({ [HOST]: greylister(3000) });
    // Asleep for an hour: the monotonic clock stood still, and nearly all of the wait was left.
    clock.at(100_000, () => clock.shiftWall(3_600_000));
    const { sessions, attempts } = await startRun('run', one({ retryAtSeconds: [3100] }), ports);
    expect(sessions[1]?.started.monotonicMs).to.be.within(100_000, 160_500);
    const last = attempts.at(-1)?.end?.sent;
    expect(last?.apartMs).to.be.within(3_599_990, 3_600_010);
  });

  it('connects when its step is due, never before', async () => {
    const { ports } = world({ [HOST]: greylister() });
    const state = await startRun('run', one(), ports);
    const replied = state.attempts[0]?.end?.replied.monotonicMs ?? 0;
    for (const session of state.sessions.slice(1)) {
      expect(session.started.monotonicMs).to.be.at.least(session.dueMonotonicMs ?? 0);
      expect(session.started.monotonicMs - replied).to.be.above(1900);
    }
    expect(state.finished?.reason).to.equal('answered');
  });

  it('says before each wait what it waits for', async () => {
    const { ports } = world({ [HOST]: greylister() });
    const waits: string[] = [];
    await startRun('run', one({ retryAtSeconds: [31] }), ports, {
      onWait: ({ purpose }, due) => waits.push(`${purpose} at ${(due / 1000).toFixed(0)}`),
    });
    expect(waits).to.deep.equal(['retry at 31']);
  });

  it('leaves the host with QUIT when an event cannot be kept', async () => {
    const { ports, dialer } = world({ [HOST]: greylister() });
    let closed = 0;
    const watching: ProbePorts = {
      ...ports,
      dialer: {
        dial: async (to, signal) => {
          const dialled = await dialer.dial(to, signal);
          if (dialled.session === null) return dialled;
          const { session } = dialled;
          const quit = async () => {
            closed += 1;
            await session.quit();
          };
          return { session: { ...session, open: true, quit }, end: null };
        },
      },
    };
    const keep = ({ type }: ProbeEvent) => {
      if (type === 'attempt-started') throw new Error('disk full');
    };
    const failed = await startRun('run', one(), watching, { keep }).then(
      () => null,
      (reason: unknown) => reason,
    );
    expect(failed).to.be.an('error').with.property('message', 'disk full');
    expect(closed).to.equal(1);
  });
});

describe('the engine finds its host', () => {
  it('at the next address when one does not answer, and stays there', async () => {
    const { ports, dialer } = world(
      { [SECOND_HOST]: greylister() },
      { kind: 'hosts', hosts: [mx(HOST, SECOND_HOST)], warnings: [] },
    );
    const state = await startRun('run', one(), ports);
    expect(state.pinned?.address).to.equal(SECOND_HOST);
    expect(state.finished?.reason).to.equal('answered');
    const addresses = state.sessions.map((session) => session.host.address);
    expect(addresses[0]).to.equal(HOST);
    expect(new Set(addresses.slice(1))).to.deep.equal(new Set([SECOND_HOST]));
    const senders = dialer.transactions.filter(({ stage }) => stage === 'rcpt');
    expect(new Set(senders.map(({ sender }) => sender)).size, 'no sender is wasted').to.equal(1);
  });

  it('at the next mail host, by preference', async () => {
    const hosts = [mx(HOST), { ...mx(SECOND_HOST), name: 'mx2.example.org', preference: 20 }];
    const { ports } = world({ [SECOND_HOST]: {} }, { kind: 'hosts', hosts, warnings: [] });
    const state = await startRun('run', request(), ports);
    expect(state.pinned).to.deep.equal({ name: 'mx2.example.org', address: SECOND_HOST, port: 25 });
  });

  it('only among the addresses of the family that was asked for', async () => {
    const { ports } = world(
      { [HOST]: {}, '2001:db8::1': {} },
      { kind: 'hosts', hosts: [mx(HOST, '2001:db8::1')], warnings: [] },
    );
    const state = await startRun('run', request({ family: 'ipv6' }), ports);
    expect(state.pinned?.address).to.equal('2001:db8::1');
    expect(state.sessions).to.have.length(1);
  });

  it('nowhere: then no address is tried twice', async () => {
    const { ports, dialer } = world(
      {},
      { kind: 'hosts', hosts: [mx(HOST, SECOND_HOST)], warnings: [] },
    );
    const state = await startRun('run', request(), ports);
    expect(state.finished?.reason).to.equal('unreachable');
    expect(dialer.connections).to.equal(2);
  });

  it('not where the domain takes no mail, and makes no connection', async () => {
    for (const kind of ['no-mail-service', 'dns-failure'] as const) {
      const error = new GreyprobeError('null-mx', 'example.org takes no mail.');
      const { ports, dialer } = world({}, { kind, error });
      const state = await startRun('run', request(), ports);
      expect(state.hostsFailed?.code).to.equal('null-mx');
      expect(state.finished?.reason).to.equal(
        kind === 'no-mail-service' ? 'no-mail-service' : 'unreachable',
      );
      expect(dialer.connections).to.equal(0);
    }
  });
});

describe('an interrupted run', () => {
  it('pauses at once where it waits, and says when it wants to go on', async () => {
    const { ports, clock, events, keep } = world({ [HOST]: greylister() });
    const stop = new AbortController();
    clock.at(15_000, () => stop.abort());
    const state = await startRun('run', one({ retryAtSeconds: [60] }), ports, {
      keep,
      signal: stop.signal,
    });
    expect(state.finished).to.equal(null);
    expect(state.paused?.reason).to.equal('interrupted');
    const replied = state.attempts[0]?.end?.replied.wallMs ?? 0;
    expect(state.paused?.dueWallMs).to.be.closeTo(replied + 60_000, 1);
    expect(events.at(-1)?.type).to.equal('run-paused');
  });

  it('ends its session where it is in one, and loses no answer that came', async () => {
    const { ports, clock, events, keep } = world({ [HOST]: greylister(300) });
    const stop = new AbortController();
    clock.at(2500, () => stop.abort());
    await startRun('run', request({ retryAtSeconds: [2.4, 301] }), ports, {
      keep,
      signal: stop.signal,
    });
    const types = events.map(({ type }) => type);
    expect(types.slice(-2)).to.deep.equal(['session-ended', 'run-paused']);
    const resumed = await resumeRun([...events], ports, { keep });
    expect(resumed.finished?.reason).to.equal('answered');
    expect(buildResult(resumed, '0').verdict.kind).to.equal('greylisted');
  });

  it('does not begin where it was stopped before it began', async () => {
    const { ports, dialer } = world({ [HOST]: greylister() });
    const state = await startRun('run', request(), ports, { signal: AbortSignal.abort() });
    expect(state.paused?.reason).to.equal('interrupted');
    expect(dialer.connections).to.equal(0);
  });
});

describe('a run that does not wait', () => {
  async function visitUntilDone(
    { ports, events, clock, keep }: ReturnType<typeof world>,
    asked: ProbeRequest,
    lateMs: number,
  ) {
    let state = await startRun('run', asked, ports, { keep, noWait: true });
    let visits = 1;
    while (state.finished === null && visits < 60) {
      const dueInMs = (state.paused?.dueWallMs ?? 0) - clock.read().wallMs;
      clock.advance(Math.max(0, dueInMs) + lateMs);
      state = await resumeRun([...events], ports, { keep, noWait: true });
      visits += 1;
    }
    return { state, visits };
  }

  it('does what is due, pauses, and is taken up by the next process', async () => {
    const here = world({ [HOST]: greylister(300) });
    const { state, visits } = await visitUntilDone(here, one({ retryAtSeconds: [60, 301] }), 200);
    expect(visits).to.equal(3);
    expect(state.segment).to.equal(2);
    const { window } = buildResult(state, '0');
    expect(window?.opens.afterSeconds ?? 0).to.be.at.most(300);
    expect(window?.opens.bySeconds).to.be.at.least(300);
  });

  it('makes the latest of the steps that are overdue, not all of them', async () => {
    const here = world({ [HOST]: greylister(3000) });
    const asked = one({ retryAtSeconds: [10, 20, 30, 40, 3100] });
    const begun = await startRun('run', asked, here.ports, { keep: here.keep, noWait: true });
    expect(begun.paused?.reason).to.equal('not-yet');
    here.clock.advance(35_000);
    const resumed = await resumeRun([...here.events], here.ports, {
      keep: here.keep,
      noWait: true,
    });
    expect(resumed.sessions).to.have.length(2);
    expect(resumed.paused?.dueWallMs).to.be.closeTo(
      (resumed.attempts[0]?.end?.replied.wallMs ?? 0) + 40_000,
      1,
    );
  });

  it('holds its manners across processes', async () => {
    const here = world({ [HOST]: greylister(4000) });
    const { state } = await visitUntilDone(here, request({ maxWaitSeconds: 5000 }), 0);
    const starts = state.sessions.map((session) => session.started.wallMs);
    expect(starts.length).to.be.above(25);
    for (const [index, start] of starts.entries()) {
      const hourAgo = starts[index - 30];
      if (hourAgo !== undefined) expect(start - hourAgo).to.be.at.least(3_600_000);
    }
  });

  it('goes on from a clock that has been set back, with wide ages and without waiting twice', async () => {
    const here = world({ [HOST]: greylister(300) });
    const { ports, keep, clock, events } = here;
    await startRun('run', one({ retryAtSeconds: [400] }), ports, { keep, noWait: true });
    clock.advance(300_000);
    clock.shiftWall(-7_200_000);
    const early = await resumeRun([...events], ports, { keep, noWait: true });
    expect(early.paused?.reason).to.equal('not-yet');
    clock.advance(400_000 + 7_200_000);
    const late = await resumeRun([...events], ports, { keep, noWait: true });
    expect(late.finished?.reason).to.equal('answered');
  });

  it('that has finished is given back, and nothing is connected to', async () => {
    const here = world({ [HOST]: {} });
    const state = await startRun('run', request(), here.ports, { keep: here.keep });
    const again = await resumeRun(here.events, here.ports);
    expect(again.finished).to.deep.equal(state.finished);
    expect(here.dialer.connections).to.equal(1);
  });

  it('needs its beginning', async () => {
    const failed = await resumeRun([], world({}).ports).catch((reason: unknown) => reason);
    expect(failed).to.be.instanceOf(RangeError);
  });
});
