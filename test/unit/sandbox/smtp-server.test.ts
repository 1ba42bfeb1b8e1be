import { expect } from 'chai';
import { alwaysReplies, busyAtConnect, greylists } from '../../../src/sandbox/behaviours.js';
import { PLAIN_POLICY } from '../../../src/sandbox/greylister-policy.js';
import type { MailHostBehaviour } from '../../../src/sandbox/mail-host-behaviour.js';
import { type SmtpServer, startSmtpServer } from '../../../src/sandbox/smtp-server.js';
import { refusesConnections } from '../../support/behaviours.js';
import { RawClient, tryRecipient } from './support/raw-client.js';

describe('startSmtpServer', () => {
  const servers: SmtpServer[] = [];
  const clients: RawClient[] = [];

  async function start(behaviour: MailHostBehaviour, idleMs?: number) {
    const decisions: string[] = [];
    const server = await startSmtpServer({
      address: '127.0.0.1',
      port: 0,
      name: 'mx.grey.example',
      behaviour,
      now: () => now,
      onDecision: (query, answer) => {
        decisions.push(`${query.stage} ${typeof answer === 'string' ? answer : answer.code}`);
      },
      ...(idleMs === undefined ? {} : { idleMs }),
    });
    servers.push(server);
    const connect = async () => {
      const client = await RawClient.connect(server.address, server.port);
      clients.push(client);
      return client;
    };
    return { server, decisions, connect };
  }

  let now = 0;

  afterEach(async () => {
    for (const client of clients.splice(0)) client.close();
    for (const server of servers.splice(0)) await server.close();
  });

  it('speaks a whole session', async () => {
    const { connect, decisions } = await start({});
    const client = await connect();
    expect(await client.reply()).equal('220 mx.grey.example ESMTP');
    expect(await client.say('EHLO c.example')).match(/^250-mx\.grey\.example\n250-PIPELINING\n/);
    expect(await client.say('MAIL FROM:<a@b.example> SIZE=100')).equal('250 2.1.0 Ok');
    expect(await client.say('RCPT TO:<u@grey.example>')).equal('250 2.1.5 Ok');
    expect(await client.say('DATA')).match(/^354 /);
    client.write('Subject: x\r\n\r\n..dot\r\n');
    expect(await client.say('.')).match(/^250 2\.0\.0 /);
    expect(await client.say('QUIT')).equal('221 2.0.0 Bye');
    expect(await client.reply()).equal('');
    expect(decisions).deep.equal(['rcpt 250', 'data 354', 'message 250']);
  });

  it('greylists in real sessions, several transactions each', async () => {
    now = 1_000_000;
    const { server } = await start(greylists({ ...PLAIN_POLICY, delaySeconds: 60 }));
    const first = await tryRecipient(server, 'a@b.example', 'u@grey.example');
    expect(first).equal('451 4.7.1 Greylisted, please try again later');
    now += 60_000;
    const client = await RawClient.connect(server.address, server.port);
    clients.push(client);
    expect(await client.envelope('fresh@b.example', 'u@grey.example')).match(/^451 /);
    expect(await client.say('RSET')).equal('250 2.0.0 Ok');
    expect(await client.say('MAIL FROM:<a@b.example>')).match(/^250 /);
    expect(await client.say('RCPT TO:<u@grey.example>')).match(/^250 /);
  });

  it('gives the decision at the message what is in it', async () => {
    const bodies: (string | null)[] = [];
    const { connect } = await start({
      message: (query) => {
        bodies.push(query.messageId, query.body);
        return null;
      },
    });
    const client = await connect();
    await client.envelope('a@b.example', 'u@grey.example');
    await client.say('DATA');
    await client.say('Message-ID: <1@x>\r\n\r\n..\r\nend\r\n.');
    expect(bodies).deep.equal(['<1@x>', 'Message-ID: <1@x>\r\n\r\n.\r\nend']);
  });

  it('says replies exactly, line for line', async () => {
    const reply = { code: 451, enhanced: '4.7.1', text: ['one', 'two', ''] };
    const { connect } = await start(alwaysReplies('rcpt', reply));
    const client = await connect();
    expect(await client.envelope('a@b.example', 'u@grey.example')).equal(
      '451-4.7.1 one\n451-4.7.1 two\n451 4.7.1',
    );
  });

  it('lets no client put a line end into a reply', async () => {
    const says = { code: 450, enhanced: null, text: ['<{sender}> refused'] };
    const { connect } = await start(alwaysReplies('rcpt', says));
    const client = await connect();
    const reply = await client.envelope('a\u0007\u001b[2J@b.example', 'u@grey.example');
    expect(reply).equal('450 <a??[2J@b.example> refused');
  });

  it('answers pipelined commands in order', async () => {
    const { connect } = await start({});
    const client = await connect();
    await client.reply();
    client.write('EHLO c\r\nMAIL FROM:<a@b>\r\nRCPT TO:<u@g>\r\nQUIT\r\n');
    const codes = [];
    for (let n = 0; n < 4; n += 1) codes.push((await client.reply()).slice(0, 3));
    expect(codes).deep.equal(['250', '250', '250', '221']);
  });

  for (const [line, code] of [
    ['MAIL FROM:<a@b>', '503'],
    ['RCPT TO:<a@b>', '503'],
    ['DATA', '503'],
    ['EHLO', '501'],
    ['MAIL FROM: a@b', '501'],
    ['RCPT TO:<>', '501'],
    ['STARTTLS', '502'],
    ['', '502'],
    ['VRFY user', '252'],
    ['noop', '250'],
  ] as const) {
    it(`answers "${line}" before EHLO with ${code}`, async () => {
      const { connect } = await start({});
      const client = await connect();
      await client.reply();
      expect((await client.say(line)).slice(0, 3)).equal(code);
    });
  }

  it('hangs up on lines without end and on bare line feeds', async () => {
    const { connect } = await start({});
    for (const [text, says] of [
      ['x'.repeat(10_000), /^500 5\.5\.6/],
      ['NOOP\n', /^500 5\.5\.2/],
    ] as const) {
      const client = await connect();
      await client.reply();
      client.write(text);
      expect(await client.reply()).match(says);
      expect(await client.reply()).equal('');
    }
  });

  it('keeps a body within bounds', async () => {
    const { connect, decisions } = await start({});
    const client = await connect();
    await client.envelope('a@b.example', 'u@grey.example');
    await client.say('DATA');
    client.write(`${'x'.repeat(998)}\r\n`.repeat(1_100));
    expect(await client.say('.')).match(/^552 5\.3\.4/);
    expect(decisions).deep.equal(['rcpt 250', 'data 354']);
  });

  it('turns away the fifty-first connection', async () => {
    const { connect } = await start({});
    const banners = [];
    for (let n = 0; n < 51; n += 1) banners.push(await (await connect()).reply());
    expect(banners.slice(0, 50).every((banner) => banner.startsWith('220'))).equal(true);
    expect(banners[50]).equal('421 4.7.0 Too many connections');
  });

  it('sends away who says nothing', async () => {
    const { connect } = await start({}, 30);
    const client = await connect();
    await client.reply();
    expect(await client.reply()).match(/^421 4\.4\.2/);
    expect(await client.reply()).equal('');
  });

  it('can be busy, hang up, reset and stay silent', async () => {
    const busy = await (await start(busyAtConnect())).connect();
    expect(await busy.reply()).equal(
      '421 4.3.2 mx.grey.example Too many connections, try again later',
    );
    expect(await busy.reply()).equal('');
    const rude = await (await start({ rcpt: () => 'close' })).connect();
    expect(await rude.envelope('a@b.example', 'u@grey.example')).equal('');
    const { connect } = await start(refusesConnections());
    // The reset may come before the client has noticed that it was connected.
    const reset = await connect().catch((error: unknown) => error);
    if (reset instanceof RawClient) expect(await reset.reply()).equal('');
    else expect(reset).property('code', 'ECONNRESET');
    const silent = await (await start({ rcpt: () => 'silence' }, 30)).connect();
    expect(await silent.envelope('a@b.example', 'u@grey.example')).match(/^421 4\.4\.2/);
  });

  it('closes with clients still there, also in a tarpit', async () => {
    const { server, connect } = await start({ pauseMs: () => 3_600_000 });
    const client = await connect();
    await server.close();
    expect(await client.reply()).equal('');
  });

  it('listens on loopback only', async () => {
    for (const address of ['0.0.0.0', '192.0.2.1', '::', 'localhost']) {
      const caught: unknown = await startSmtpServer({
        address,
        port: 0,
        name: 'x',
        behaviour: {},
      }).catch((error: unknown) => error);
      expect(caught).property('code', 'not-loopback');
    }
  });

  it('says so when the port is taken', async () => {
    const { server } = await start({});
    const caught: unknown = await startSmtpServer({
      address: server.address,
      port: server.port,
      name: 'x',
      behaviour: {},
    }).catch((error: unknown) => error);
    expect(caught).property('code', 'cannot-listen');
    expect(caught)
      .property('message')
      .match(/EADDRINUSE/);
  });
});
