import { expect } from 'chai';
import { Conversation } from '../../../../src/edges/bullmq/conversation.js';
import { Inbox } from '../../../../src/edges/bullmq/inbox.js';
import type { Command, Job, VisitReport } from '../../../../src/edges/bullmq/messages.js';
import { RemoteSession, type WorkerLine } from '../../../../src/edges/bullmq/remote-session.js';
import { acceptsAll, busyAtConnect } from '../../../../src/sandbox/behaviours.js';
import type { MailHostBehaviour } from '../../../../src/sandbox/mail-host-behaviour.js';
import { createVirtualClock } from '../../../../src/sandbox/virtual/virtual-clock.js';
import { createVirtualDialer } from '../../../../src/sandbox/virtual/virtual-dialer.js';
import { createVirtualRandom } from '../../../../src/sandbox/virtual/virtual-random.js';

const VISIT = 'run.1.c1.1';
const JOB: Job = {
  visit: VISIT,
  survey: 'survey',
  coordinator: 'c1',
  domain: 'example.org',
  request: {
    address: '192.0.2.1',
    port: 25,
    hostName: 'mx.example.org',
    sourceAddress: '198.51.100.1',
    helo: 'client.example',
    tls: 'never',
    timeoutMs: 1000,
  },
  limits: { connectionsPerHour: 30, secondsBetweenConnections: 1 },
  notBeforeMs: 0,
  notAfterMs: 1,
};
const SENDER = { sender: 'p@sender.example', recipient: 'user@example.org' };

function meet(behaviour: MailHostBehaviour, silentMs = 1000) {
  const clock = createVirtualClock();
  const hosts = [{ address: '192.0.2.1', name: 'mx.example.org', behaviour }];
  const dialer = createVirtualDialer({ clock, random: createVirtualRandom(1), hosts });
  const reports: VisitReport[] = [];
  const come = new Inbox<VisitReport>();
  let stops = 0;
  const conversation = new Conversation(JOB, {
    dialer,
    silentMs,
    report: async (report) => {
      reports.push(report);
      come.push(report);
    },
    stop: async () => {
      stops += 1;
    },
  });
  const say = (command: Command) => conversation.tell(command);
  const line: WorkerLine = {
    visit: VISIT,
    now: () => clock.read(),
    tell: say,
    hear: () => come.take(1000),
  };
  return { conversation, say, line, reports, come, dialer, stops: () => stops };
}

describe('a visit that a worker makes', () => {
  it('dials when it is told to, and says what it is told', async () => {
    const { conversation, say, reports } = meet(acceptsAll());
    const held = conversation.hold();
    say({ visit: VISIT, say: 'dial' });
    say({ visit: VISIT, say: 'transact', n: 1, ...SENDER });
    say({ visit: VISIT, say: 'transact', n: 1, ...SENDER });
    say({ visit: VISIT, say: 'transact', n: 2, ...SENDER });
    await new Promise((resolve) => setTimeout(resolve, 20));
    say({ visit: VISIT, say: 'quit' });
    expect(await held).to.equal(true);
    await conversation.tellEnd();
    const told = reports.map((report) => (report.tell === 'transacted' ? report.n : report.tell));
    expect(told, 'what was told twice is done once').to.deep.equal(['dialled', 1, 2, 'ended']);
    expect(reports[1]).to.have.nested.property('end.reply.code', 250);
  });

  it('makes no connection where nobody tells it to', async () => {
    const { conversation, dialer } = meet(acceptsAll(), 10);
    expect(await conversation.hold()).to.equal(false);
    expect(dialer.connections).to.equal(0);
  });

  it('makes none where it is told to quit before', async () => {
    const { conversation, say, dialer } = meet(acceptsAll());
    say({ visit: VISIT, say: 'quit' });
    say({ visit: VISIT, say: 'dial' });
    expect(await conversation.hold()).to.equal(false);
    expect(dialer.connections).to.equal(0);
  });

  it('ends where the coordinator is silent', async () => {
    const { conversation, say } = meet(acceptsAll(), 10);
    const held = conversation.hold();
    say({ visit: VISIT, say: 'dial' });
    expect(await held).to.equal(true);
  });

  it('has five transactions at most, whoever asks for more', async () => {
    const { conversation, say, reports } = meet(acceptsAll());
    const held = conversation.hold();
    say({ visit: VISIT, say: 'dial' });
    for (let n = 1; n <= 7; n += 1) say({ visit: VISIT, say: 'transact', n, ...SENDER });
    await held;
    expect(reports.filter(({ tell }) => tell === 'transacted')).to.have.length(5);
  });

  it('tells first that the host asked to stop', async () => {
    const { conversation, say, stops, reports } = meet(busyAtConnect());
    const held = conversation.hold();
    say({ visit: VISIT, say: 'dial' });
    await held;
    expect(stops()).to.equal(1);
    expect(reports[0]).to.have.nested.property('end.reply.code', 421);
  });
});

describe('a session that a worker holds', () => {
  const reply = { code: 220, enhanced: null, text: ['mx'] };
  const opened = {
    facts: { banner: reply, greeting: reply, extensions: [], tls: null },
    open: true,
  };

  it('is as if it were here', async () => {
    const { conversation, say, line } = meet(acceptsAll());
    const held = conversation.hold();
    say({ visit: VISIT, say: 'dial' });
    const first = await line.hear();
    if (first?.tell !== 'dialled' || first.opened === null) throw new Error('not opened');
    let isDone = false;
    const session = new RemoteSession(line, first.opened, () => {
      isDone = true;
    });
    const end = await session.transact({ ...SENDER, stage: 'rcpt', message: null });
    expect(end).to.include({ stage: 'rcpt', failure: null });
    expect(end.reply?.code).to.equal(250);
    expect(end.replied.monotonicMs).to.be.at.least(end.sent.monotonicMs);
    expect(session.open).to.equal(true);
    const quit = session.quit();
    await held;
    await conversation.tellEnd();
    await quit;
    expect(isDone).to.equal(true);
    expect(session.open).to.equal(false);
  });

  it('leaves the outcome unknown where the worker was lost', async () => {
    const { line, come } = meet(acceptsAll());
    const session = new RemoteSession(line, opened, () => {});
    const ending = session.transact({ ...SENDER, stage: 'rcpt', message: null });
    come.close();
    const end = await ending;
    expect(end).to.deep.include({ stage: 'rcpt', reply: null });
    expect(end.failure?.code).to.equal('interrupted');
    expect(session.open).to.equal(false);
  });
});
