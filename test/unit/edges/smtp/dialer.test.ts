import { expect } from 'chai';
import fc from 'fast-check';
import { createDialer } from '../../../../src/edges/smtp/dialer.js';
import {
  answer,
  BANNER,
  describeEnd,
  ehlo,
  greeted,
  MAIL_OK,
  RCPT_OK,
  requestTo,
  type Setting,
  withServer,
} from './support/dialling.js';
import { realClock } from './support/real-clock.js';
import { scriptedServer } from './support/scripted-server.js';

const dialer = createDialer({ clock: realClock });

/** How dialling ends, for a script or a request. */
async function endOf(setting: Setting): Promise<string> {
  let end = '';
  await withServer(setting, ({ dialled, server }) => {
    end = describeEnd(dialled.end);
    expect(server.surprises).to.deep.equal([]);
  });
  return end;
}

describe('dialling', () => {
  it('opens a session and says what the server showed', () =>
    withServer({ script: greeted('SIZE 1000', 'pipelining') }, ({ session, server }) => {
      expect(session.open).to.equal(true);
      expect(session.facts.banner).to.deep.equal({
        code: 220,
        enhanced: null,
        text: ['mx.example.org ESMTP'],
      });
      expect(session.facts.greeting.text[0]).to.equal('mx.example.org');
      expect(session.facts.extensions).to.deep.equal(['SIZE 1000', 'PIPELINING']);
      expect(session.facts.tls).to.equal(null);
      expect(server.received).to.deep.equal(['EHLO client.example.org']);
    }));

  it('takes a banner and an EHLO reply of many lines, a byte at a time', () =>
    withServer(
      {
        script: [
          { drip: '220-mx\r\n220 go\n', everyMs: 1 },
          { expect: /^EHLO/ },
          { drip: '250-mx\r\n250-SIZE\r\n250\r\n', everyMs: 1 },
        ],
      },
      ({ session }) => {
        expect(session.facts.banner.text).to.deep.equal(['mx', 'go']);
        expect(session.facts.extensions).to.deep.equal(['SIZE']);
      },
    ));

  it('takes replies of a code alone', () =>
    withServer(
      {
        script: [
          { send: '220\r\n' },
          ...answer(/EHLO/, '250'),
          ...answer(/MAIL/, '250'),
          ...answer(/RCPT/, '250'),
        ],
      },
      async (attempt) => {
        expect(attempt.session.facts.greeting.text).to.deep.equal(['']);
        expect(describeEnd(await attempt.transact())).to.equal('rcpt 250');
      },
    ));

  it('says HELO where EHLO is not known', () =>
    withServer(
      { script: [...BANNER, ...answer(/^EHLO/, '502 What?'), ...answer(/^HELO client/, '250 Hi')] },
      ({ session }) => {
        expect(session.facts.greeting.text).to.deep.equal(['Hi']);
        expect(session.facts.extensions).to.deep.equal([]);
      },
    ));

  const ends: readonly [string, Setting['script'], string][] = [
    ['a banner of 554', [{ send: '554 5.7.1 No\r\n' }], 'connect 554 5.7.1'],
    ['a banner of 421', [{ send: '421 4.3.2 Later\r\n' }, { close: true }], 'connect 421 4.3.2'],
    ['a banner in other words', [{ send: 'SSH-2.0-x\r\n' }], 'connect garbled-reply'],
    ['a banner of 354', [{ send: '354 x\r\n' }], 'connect garbled-reply'],
    ['a banner with two codes', [{ send: '220-x\r\n250 y\r\n' }], 'connect garbled-reply'],
    ['a close at once', [{ close: true }], 'connect connection-closed'],
    [
      'a close in the banner',
      [{ send: '220-mx\r\n22' }, { close: true }],
      'connect connection-closed',
    ],
    ['a reset at once', [{ delayMs: 20 }, { reset: true }], 'connect connection-reset'],
    ['EHLO deferred', [...BANNER, ...answer(/EHLO/, '451 4.3.0 x')], 'helo 451 4.3.0'],
    [
      'EHLO answered with 421',
      [...BANNER, ...answer(/EHLO/, '421 x'), { close: true }],
      'helo 421',
    ],
    [
      'HELO refused as well',
      [...BANNER, ...answer(/EHLO/, '500 x'), ...answer(/HELO/, '550 5.7.1 y')],
      'helo 550 5.7.1',
    ],
    ['a close at EHLO', [...BANNER, { expect: /EHLO/ }, { close: true }], 'helo connection-closed'],
    ['a reset at EHLO', [...BANNER, { expect: /EHLO/ }, { reset: true }], 'helo connection-reset'],
    [
      'a reply to EHLO before it was asked',
      [{ send: '220 mx\r\n250 mx\r\n' }],
      'helo garbled-reply',
    ],
    ['half a reply before it was asked', [{ send: '220 mx\r\n2' }], 'helo garbled-reply'],
  ];
  for (const [name, script, end] of ends) {
    it(`ends with ${end} on ${name}`, async () => {
      expect(await endOf({ script })).to.equal(end);
    });
  }

  const slow: readonly [string, Setting['script'], string][] = [
    ['no banner', [], 'connect timeout'],
    [
      'a drip that never ends',
      [{ drip: `220 ${'x'.repeat(500)}`, everyMs: 10 }],
      'connect timeout',
    ],
    ['no reply to EHLO', BANNER, 'helo timeout'],
    [
      'half a reply to EHLO',
      [...BANNER, { expect: /EHLO/ }, { send: '250-mx\r\n' }],
      'helo timeout',
    ],
  ];
  for (const [name, script, end] of slow) {
    it(`ends with ${end} on ${name}, in time`, async () => {
      const before = performance.now();
      const muted: Setting['script'] = [...script, { mute: true }];
      expect(await endOf({ script: muted, request: { timeoutMs: 80 } })).to.equal(end);
      // The limit for the reply, and the same for the QUIT that follows.
      expect(performance.now() - before).to.be.within(75, 600);
    });
  }

  const floods: readonly [string, string][] = [
    ['a line without end', 'x'.repeat(65_536)],
    ['a reply without end', `220-${'x'.repeat(900)}\r\n`.repeat(20)],
    ['a reply of many short lines', '220-\r\n'.repeat(500)],
    ['blank lines without end', '\r\n'.repeat(5000)],
  ];
  for (const [name, flood] of floods) {
    it(`ends with reply-too-long on ${name}, and hears no more`, async () => {
      expect(await endOf({ script: [{ flood }] })).to.equal('connect reply-too-long');
    });
  }

  it('comes to an end on any bytes, and never rejects', async () => {
    const bytes = fc.uint8Array({ maxLength: 300 }).map((b) => Buffer.from(b).toString('latin1'));
    const piece = fc.oneof(bytes, fc.constantFrom('220 ', '220-', '\r\n', '421 x\r\n', '250'));
    await fc.assert(
      fc.asyncProperty(fc.boolean(), fc.array(piece, { maxLength: 6 }), async (banner, pieces) => {
        const soup: Setting['script'] = [...pieces.map((send) => ({ send })), { close: true }];
        const end = await endOf({ script: banner ? [...BANNER, ...soup] : soup });
        expect(end).to.match(/^(connect|helo) ./);
      }),
      { numRuns: 60 },
    );
  });

  it('reports a port where nobody listens', async () => {
    const server = await scriptedServer([]);
    await server.close();
    const { end } = await dialer.dial(requestTo(server));
    expect(describeEnd(end)).to.equal('connect connection-refused');
    expect(end?.failure?.message).to.include(
      `127.0.0.1 refused the connection to port ${server.port}`,
    );
  });

  it('connects from the address that was chosen', () =>
    withServer(
      { script: greeted(), request: { sourceAddress: '127.0.0.9' } },
      ({ server, dialled }) => {
        expect(dialled.end).to.equal(null);
        expect(server.clientAddress).to.equal('127.0.0.9');
      },
    ));

  for (const sourceAddress of ['192.0.2.77', '::1', 'not-an-address']) {
    it(`blames the source address ${sourceAddress}`, async () => {
      const end = await endOf({ script: greeted(), request: { sourceAddress } });
      expect(end).to.equal('connect source-address');
    });
  }

  it('connects to an IPv6 literal', async function () {
    const server = await scriptedServer(greeted(), '::1').catch(() => null);
    // A machine without IPv6 cannot show this.
    if (server === null) return this.skip();
    const { session } = await dialer.dial(requestTo(server));
    expect(session?.open).to.equal(true);
    await session?.quit();
    expect(server.received).to.include('QUIT');
    await server.close();
  });

  for (const [request, words] of [
    [{ address: 'localhost' }, /not an IP address/],
    [{ port: 0 }, /not a port/],
    [{ helo: 'a\r\nRSET' }, /HELO name/],
    [{ helo: '' }, /HELO name/],
  ] as const) {
    it(`does not dial ${JSON.stringify(request)}`, () =>
      withServer({ script: greeted(), request }, ({ dialled, server }) => {
        expect(describeEnd(dialled.end)).to.equal('connect network');
        expect(dialled.end?.failure?.message).to.match(words);
        expect(server.connections).to.equal(0);
      }));
  }

  describe('when interrupted', () => {
    it('does not even connect if that was before', () =>
      withServer({ script: greeted(), signal: AbortSignal.abort() }, ({ dialled, server }) => {
        expect(describeEnd(dialled.end)).to.equal('connect interrupted');
        expect(server.connections).to.equal(0);
      }));

    it('says QUIT and goes', async () => {
      const signal = AbortSignal.timeout(50);
      await withServer(
        { script: [...BANNER, { expect: /EHLO/ }], signal },
        async ({ dialled, server }) => {
          expect(describeEnd(dialled.end)).to.equal('helo interrupted');
          expect(server.received).to.deep.equal(['EHLO client.example.org', 'QUIT']);
        },
      );
    });
  });

  it('reads the clock before the connection and when the answer was there', () =>
    withServer(
      {
        script: [{ delayMs: 40 }, { send: '554 No\r\n' }, { mute: true }],
        request: { timeoutMs: 300 },
      },
      ({ dialled }) => {
        const { sent, replied } = dialled.end ?? {};
        const waited = (replied?.monotonicMs ?? 0) - (sent?.monotonicMs ?? 0);
        // The server never answers the QUIT; those 300 ms must not count.
        expect(waited).to.be.within(35, 290);
      },
    ));

  it('writes a transcript of every line', () =>
    withServer({ script: [...greeted('SIZE'), ...MAIL_OK, ...RCPT_OK] }, async (attempt) => {
      await attempt.transact();
      await attempt.session.quit();
      const { port } = attempt.server;
      expect(
        attempt.transcript.map(({ direction, text }) => `${direction}: ${text}`),
      ).to.deep.equal([
        `note: Connected to 127.0.0.1 port ${port}`,
        'received: 220 mx.example.org ESMTP',
        'sent: EHLO client.example.org',
        'received: 250-mx.example.org',
        'received: 250 SIZE',
        'sent: MAIL FROM:<probe@client.example.org>',
        'received: 250 2.1.0 Ok',
        'sent: RCPT TO:<user@example.org>',
        'received: 250 2.1.5 Ok',
        'sent: QUIT',
        'received: 221 2.0.0 Bye',
      ]);
    }));
});

describe('STARTTLS', () => {
  const offered = [...greeted('STARTTLS', 'SIZE 1'), { expect: /^STARTTLS$/ }];
  const secured = [...offered, { send: '220 Go\r\n' }, { starttls: true as const }];

  it('is taken when offered, and the server is greeted again', () =>
    withServer(
      { script: [...secured, ...ehlo('AUTH PLAIN'), ...MAIL_OK, ...RCPT_OK] },
      async (attempt) => {
        const { tls, extensions } = attempt.session.facts;
        expect(tls?.protocol).to.equal('TLSv1.3');
        expect(tls?.cipher).to.match(/^TLS_/);
        expect(tls?.verified, 'self-signed').to.equal(false);
        expect(extensions).to.deep.equal(['AUTH PLAIN']);
        expect(attempt.server.serverName).to.equal('mx.example.org');
        expect(describeEnd(await attempt.transact())).to.equal('rcpt 250 2.1.5');
        await attempt.session.quit();
        expect(attempt.server.received.at(-1)).to.equal('QUIT');
      },
    ));

  for (const hostName of [null, '127.0.0.1']) {
    it(`names no server in the handshake when the host is ${hostName}`, () =>
      withServer(
        { script: [...secured, ...ehlo()], request: { hostName } },
        ({ server, session }) => {
          expect(session.facts.tls).to.not.equal(null);
          expect(server.serverName).to.equal(null);
        },
      ));
  }

  it('does with a server that has no certificate (anonymous Diffie-Hellman)', () => {
    const tls = {
      key: undefined,
      cert: undefined,
      ciphers: 'aNULL@SECLEVEL=0',
      maxVersion: 'TLSv1.2',
      dhparam: 'auto',
    } as const;
    return withServer(
      { script: [...offered, { send: '220 Go\r\n' }, { starttls: true, tls }, ...ehlo()] },
      ({ session }) => {
        expect(session.facts.tls?.cipher).to.match(/^ADH-/);
        expect(session.facts.tls?.verified).to.equal(false);
      },
    );
  });

  it('ends with tls-failed where the server wants a certificate of ours', () => {
    const tls = { requestCert: true, rejectUnauthorized: true };
    return withServer(
      { script: [...offered, { send: '220 Go\r\n' }, { starttls: true, tls }] },
      ({ dialled }) => {
        expect(describeEnd(dialled.end)).to.equal('helo tls-failed');
        expect(dialled.end?.failure?.message).to.match(/^TLS with 127\.0\.0\.1 broke .*never/u);
      },
    );
  });

  it('is left alone under never', () =>
    withServer(
      { script: greeted('STARTTLS'), request: { tls: 'never' } },
      ({ session, server }) => {
        expect(session.facts.tls).to.equal(null);
        expect(server.received).to.deep.equal(['EHLO client.example.org']);
      },
    ));

  it('is done without when the server refuses the command', () =>
    withServer({ script: [...offered, { send: '454 4.7.0 Not now\r\n' }] }, ({ session }) => {
      expect(session.open).to.equal(true);
      expect(session.facts.tls).to.equal(null);
      expect(session.facts.extensions).to.deep.equal(['STARTTLS', 'SIZE 1']);
    }));

  const ends: readonly [string, Setting, string][] = [
    [
      'a refusal, when it is required',
      { script: [...offered, { send: '454 4.7.0 Not now\r\n' }], request: { tls: 'require' } },
      'starttls 454 4.7.0',
    ],
    [
      'no offer, when it is required',
      { script: [...greeted('SIZE')], request: { tls: 'require' } },
      'starttls tls-not-offered',
    ],
    ['a 421', { script: [...offered, { send: '421 x\r\n' }] }, 'starttls 421'],
    ['a close', { script: [...offered, { close: true }] }, 'starttls connection-closed'],
    [
      'a close in the handshake',
      { script: [...offered, { send: '220 Go\r\n' }, { delayMs: 30 }, { close: true }] },
      'starttls tls-failed',
    ],
    [
      'a reset in the handshake',
      { script: [...offered, { send: '220 Go\r\n' }, { delayMs: 30 }, { reset: true }] },
      'starttls tls-failed',
    ],
    [
      'silence in the handshake',
      { script: [...offered, { send: '220 Go\r\n' }], request: { timeoutMs: 80 } },
      'starttls timeout',
    ],
    [
      'a reply injected in the same packet',
      { script: [...offered, { send: '220 Go\r\n250 injected\r\n' }, { starttls: true }] },
      'starttls tls-plaintext-injected',
    ],
    [
      'a single byte injected in the same packet',
      { script: [...offered, { send: '220 Go\r\n2' }, { starttls: true }] },
      'starttls tls-plaintext-injected',
    ],
    [
      'a reply injected in a packet of its own',
      {
        script: [
          ...offered,
          { send: '220 Go\r\n' },
          { delayMs: 20 },
          { send: '250 injected\r\n' },
          { starttls: true },
        ],
      },
      'starttls tls-plaintext-injected',
    ],
    [
      'a close after the handshake',
      { script: [...secured, { close: true }] },
      'helo connection-closed',
    ],
    ['EHLO refused after it', { script: [...secured, ...answer(/EHLO/, '451 x')] }, 'helo 451'],
  ];
  for (const [name, setting, end] of ends) {
    it(`ends with ${end} on ${name}`, async () => {
      expect(await endOf(setting)).to.equal(end);
    });
  }

  it('says what to try when the handshake fails', () =>
    withServer(
      { script: [...offered, { send: '220 Go\r\n' }, { delayMs: 20 }, { close: true }] },
      ({ dialled }) => {
        expect(dialled.end?.failure?.message).to.match(/handshake.*--tls never/);
      },
    ));
});
