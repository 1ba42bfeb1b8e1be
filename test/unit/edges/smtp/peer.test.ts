import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { createDialer } from '../../../../src/edges/smtp/dialer.js';
import type { Session } from '../../../../src/model/ports/dialer.js';
import type { TlsPolicy } from '../../../../src/model/smtp.js';
import { describeEnd, requestTo } from './support/dialling.js';
import { realClock } from './support/real-clock.js';

const fixture = (name: string) => readFileSync(new URL(`fixtures/${name}`, import.meta.url));

/** Runs smtp-server, a peer that was written by others, and opens a session to it. */
async function withPeer(
  options: SMTPServerOptions,
  tls: TlsPolicy,
  look: (session: Session) => Promise<void>,
): Promise<void> {
  const server = new SMTPServer({
    authOptional: true,
    disableReverseLookup: true,
    key: fixture('mx.example.org.key'),
    cert: fixture('mx.example.org.crt'),
    ...options,
  });
  const listener = server.listen(0, '127.0.0.1');
  await new Promise((resolve) => listener.once('listening', resolve));
  const bound = listener.address();
  const port = typeof bound === 'object' && bound !== null ? bound.port : 0;
  const dialer = createDialer({ clock: realClock });
  const { session, end } = await dialer.dial(requestTo({ address: '127.0.0.1', port }, { tls }));
  try {
    if (session === null) throw new Error(describeEnd(end));
    await look(session);
  } finally {
    await session?.quit();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }
}

const ENVELOPE = { sender: 'a@client.example.org', recipient: 'b@example.org' };

describe('against smtp-server', () => {
  it('opens a session over TLS and probes two recipients', () =>
    withPeer(
      {
        onRcptTo: ({ address }, _session, done) =>
          done(
            address.startsWith('b@')
              ? Object.assign(new Error('4.7.1 Greylisted'), { responseCode: 450 })
              : null,
          ),
      },
      'require',
      async (session) => {
        expect(session.facts.tls?.protocol).to.equal('TLSv1.3');
        expect(session.facts.extensions).to.include('8BITMIME');
        const rcpt = { ...ENVELOPE, stage: 'rcpt', message: null } as const;
        expect(describeEnd(await session.transact(rcpt))).to.equal('rcpt 450 4.7.1');
        const other = { ...rcpt, recipient: 'c@example.org' };
        expect(describeEnd(await session.transact(other))).to.equal('rcpt 250');
      },
    ));

  it('delivers a message that comes out as it went in', async () => {
    let delivered = '';
    const message = 'Subject: x\r\n\r\n.dot\r\n..dots\r\n.\r\nend\r\n';
    await withPeer(
      {
        onData: (stream, _session, done) => {
          stream.on('data', (chunk: Buffer) => {
            delivered += chunk.toString('latin1');
          });
          stream.on('end', () => done());
        },
      },
      'opportunistic',
      async (session) => {
        const end = await session.transact({ ...ENVELOPE, stage: 'message', message });
        expect(describeEnd(end)).to.equal('message 250');
      },
    );
    expect(delivered).to.equal(message);
  });

  it('leaves no message behind at stage data', async () => {
    let ended = 0;
    await withPeer(
      {
        onData: (stream, _session, done) => {
          stream.on('end', () => {
            ended += 1;
            done();
          });
          stream.resume();
        },
      },
      'never',
      async (session) => {
        const end = await session.transact({ ...ENVELOPE, stage: 'data', message: null });
        expect(describeEnd(end)).to.equal('data 354');
        expect(session.open).to.equal(false);
      },
    );
    expect(ended).to.equal(0);
  });
});
