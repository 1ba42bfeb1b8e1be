import { expect } from 'chai';
import type { Session } from '../../../../src/model/ports/dialer.js';
import type { ProbeStage } from '../../../../src/model/smtp.js';
import {
  acceptsAll,
  busyAtConnect,
  greylists,
  limitsRate,
  outageUntil,
  rejectsRecipient,
  verifiesRecipients,
} from '../../../../src/sandbox/behaviours.js';
import { PLAIN_POLICY } from '../../../../src/sandbox/greylister-policy.js';
import type { MailHostBehaviour } from '../../../../src/sandbox/mail-host-behaviour.js';
import { modelById } from '../../../../src/sandbox/models/index.js';
import { createVirtualClock } from '../../../../src/sandbox/virtual/virtual-clock.js';
import { createVirtualDialer } from '../../../../src/sandbox/virtual/virtual-dialer.js';
import { createVirtualRandom } from '../../../../src/sandbox/virtual/virtual-random.js';
import { flaps, refusesConnections, tarpits } from '../../../support/behaviours.js';

const ADDRESS = '198.51.100.1';

function world(behaviour: MailHostBehaviour, seed = 1) {
  const clock = createVirtualClock();
  const random = createVirtualRandom(seed);
  const hosts = [{ address: ADDRESS, name: 'mx.grey.example', behaviour }];
  const dialer = createVirtualDialer({ clock, random, hosts });
  const dial = (changes: { address?: string; timeoutMs?: number; signal?: AbortSignal } = {}) =>
    dialer.dial(
      {
        address: changes.address ?? ADDRESS,
        port: 25,
        hostName: null,
        sourceAddress: null,
        helo: 'client.example',
        tls: 'never',
        timeoutMs: changes.timeoutMs ?? 30_000,
      },
      changes.signal,
    );
  const open = async (): Promise<Session> => {
    const dialled = await dial();
    if (dialled.session === null) throw new Error(`not open: ${JSON.stringify(dialled.end)}`);
    return dialled.session;
  };
  const attempt = async (sender: string, stage: ProbeStage = 'rcpt') => {
    const session = await open();
    const end = await session.transact({
      sender,
      recipient: 'user@grey.example',
      stage,
      message: stage === 'message' ? 'Message-ID: <a@b>\r\n\r\nhello\r\n' : null,
    });
    await session.quit();
    return end;
  };
  return { clock, dialer, dial, open, attempt };
}

describe('createVirtualDialer', () => {
  it('shows what a server shows', async () => {
    const { facts } = await world(acceptsAll()).open();
    expect(facts.banner).deep.equal({ code: 220, enhanced: null, text: ['mx.grey.example ESMTP'] });
    expect(facts.extensions).include('SIZE 1048576');
  });

  it('defers and accepts as the greylister says, which decides between sent and replied', async () => {
    const { clock, dialer, attempt } = world(greylists({ ...PLAIN_POLICY, delaySeconds: 60 }));
    const startMs = clock.worldMs();
    const first = await attempt('a@sender.example');
    expect(first).include({ stage: 'rcpt', failure: null });
    expect(first.reply?.code).equal(451);
    await clock.sleepUntil(first.replied.monotonicMs + 61_000);
    const second = await attempt('a@sender.example');
    expect(second.reply?.code).equal(250);
    const decided = dialer.transactions.filter(({ stage }) => stage === 'rcpt');
    expect(decided).length(2);
    for (const [index, end] of [first, second].entries()) {
      const decidedMs = (decided[index]?.decidedMs ?? 0) - startMs;
      expect(decidedMs).greaterThan(end.sent.monotonicMs).lessThan(end.replied.monotonicMs);
    }
  });

  it('carries several transactions of one session', async () => {
    const session = await world(greylists(PLAIN_POLICY)).open();
    const request = { recipient: 'user@grey.example', stage: 'rcpt', message: null } as const;
    for (const sender of ['a@s.example', 'b@s.example']) {
      expect((await session.transact({ ...request, sender })).reply?.code).equal(451);
    }
    expect(session.open).equal(true);
    await session.quit();
    await session.quit();
    expect(session.open).equal(false);
    const late = await session.transact({ ...request, sender: 'c@s.example' });
    expect(late.failure?.code).equal('connection-closed');
  });

  it('reaches DATA, and the end of the message', async () => {
    const atData = world(greylists(modelById('openbsd-spamd').policy));
    expect(await atData.attempt('a@s.example', 'rcpt'))
      .property('reply')
      .include({ code: 250 });
    expect(await atData.attempt('a@s.example', 'data')).include({ stage: 'data' });
    const policy = {
      ...PLAIN_POLICY,
      key: ['message-id'],
      stage: 'message',
      delaySeconds: 0,
    } as const;
    const atEnd = world(greylists(policy));
    expect((await atEnd.attempt('a@s.example', 'data')).reply?.code).equal(354);
    expect((await atEnd.attempt('a@s.example', 'message')).reply?.code).equal(451);
    expect((await atEnd.attempt('other@s.example', 'message')).reply?.code).equal(250);
  });

  it('opens no session where the host does not want one', async () => {
    const cases: [MailHostBehaviour, string][] = [
      [refusesConnections(), 'connection-refused'],
      [{ connect: () => 'close' }, 'connection-closed'],
      [{ connect: () => 'silence' }, 'timeout'],
    ];
    for (const [behaviour, expected] of cases) {
      const dialled = await world(behaviour).dial();
      expect(dialled.end).include({ stage: 'connect', reply: null });
      expect(dialled.end?.failure?.code).equal(expected);
    }
    const busy = await world(busyAtConnect()).dial();
    expect(busy.end?.reply).deep.equal({
      code: 421,
      enhanced: '4.3.2',
      text: ['mx.grey.example Too many connections, try again later'],
    });
    const lost = await world(acceptsAll()).dial({ address: '198.51.100.9' });
    expect(lost.end?.failure?.code).equal('host-unreachable');
  });

  it('waits for a tarpit as long as the caller does, and no longer', async () => {
    const patient = world(tarpits(10_000));
    expect((await patient.dial()).session).not.equal(null);
    const hasty = world(tarpits(10_000));
    const { end } = await hasty.dial({ timeoutMs: 5_000 });
    expect(end?.failure?.code).equal('timeout');
    expect(hasty.clock.read().monotonicMs).equal(5_000);
  });

  it('ends when it is told to', async () => {
    const { clock, dial } = world(tarpits(10_000));
    const controller = new AbortController();
    clock.at(4_000, () => controller.abort());
    const waiting = clock.sleepUntil(4_500);
    const { end } = await dial({ signal: controller.signal });
    await waiting;
    expect(end?.failure?.code).equal('interrupted');
    expect(clock.read().monotonicMs).lessThan(5_000);
  });

  it('a session that was told 421 is over', async () => {
    const reply = { code: 421, enhanced: null, text: ['go away'] };
    const session = await world({ rcpt: () => reply }).open();
    const request = { sender: 'a@s.example', recipient: 'b@grey.example', message: null } as const;
    expect((await session.transact({ ...request, stage: 'rcpt' })).reply).deep.equal(reply);
    expect(session.open).equal(false);
  });
});

describe('look-alikes', () => {
  it('an outage clears for everybody at one moment', async () => {
    const clock = createVirtualClock();
    const untilMs = clock.worldMs() + 60_000;
    const { attempt, clock: own } = world(outageUntil(untilMs));
    expect((await attempt('a@s.example')).reply?.code).equal(451);
    await own.sleepUntil(60_000);
    expect((await attempt('fresh@s.example')).reply?.code).equal(250);
  });

  it('a rate limit lets a few through and then none until the next stretch', async () => {
    const { attempt, clock } = world(limitsRate(2, 60));
    const codes = [];
    for (const sender of ['a', 'b', 'c']) {
      codes.push((await attempt(`${sender}@s.example`)).reply?.code);
    }
    expect(codes).deep.equal([250, 250, 450]);
    await clock.sleepUntil(61_000);
    expect((await attempt('d@s.example')).reply?.code).equal(250);
  });

  it('address verification is of the recipient, whoever asks', async () => {
    const { attempt, clock } = world(verifiesRecipients(30));
    expect((await attempt('a@s.example')).reply?.enhanced).equal('4.1.1');
    await clock.sleepUntil(31_000);
    expect((await attempt('fresh@s.example')).reply?.code).equal(250);
  });

  it('flapping is about as frequent as asked', async () => {
    const { attempt } = world(flaps(createVirtualRandom(5), 0.3));
    let deferred = 0;
    for (let n = 0; n < 200; n += 1) {
      if ((await attempt('a@s.example')).reply?.code === 451) deferred += 1;
    }
    expect(deferred).within(40, 80);
  });

  it('a rejection is for good', async () => {
    expect((await world(rejectsRecipient()).attempt('a@s.example')).reply?.code).equal(554);
  });
});
