import { getEventListeners } from 'node:events';
import { expect } from 'chai';
import {
  answer,
  DATA_OK,
  describeEnd,
  ehlo,
  greeted,
  MAIL_OK,
  RCPT_OK,
  RSET_OK,
  type Setting,
  withServer,
} from './support/dialling.js';
import type { Step } from './support/scripted-server.js';

const DEFERRED = answer(/^RCPT TO:<user@example\.org>$/, '450 4.7.1 Greylisted');

async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; tries < 200 && !condition(); tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  expect(condition()).to.equal(true);
}

describe('a transaction', () => {
  it('gives the reply to RCPT, and the session stays open', () =>
    withServer({ script: [...greeted(), ...MAIL_OK, ...DEFERRED] }, async (attempt) => {
      const end = await attempt.transact();
      expect(end.stage).to.equal('rcpt');
      expect(end.reply).to.deep.equal({ code: 450, enhanced: '4.7.1', text: ['Greylisted'] });
      expect(end.failure).to.equal(null);
      expect(attempt.session.open).to.equal(true);
      expect(attempt.server.received.slice(1)).to.deep.equal([
        'MAIL FROM:<probe@client.example.org>',
        'RCPT TO:<user@example.org>',
      ]);
    }));

  for (const [name, tls] of [
    ['plain text', []],
    ['TLS', [...answer(/^STARTTLS$/, '220 Go'), { starttls: true }, ...ehlo()]],
  ] as const) {
    it(`keeps bytes that are not UTF-8, and reads those that are, in ${name}`, () =>
      withServer(
        {
          script: [
            ...greeted(tls.length === 0 ? 'SIZE' : 'STARTTLS'),
            ...tls,
            ...MAIL_OK,
            ...answer(/^RCPT/, '450-sp\xe4ter\r\n450 sp\xc3\xa4ter'),
          ],
        },
        async (attempt) => {
          const { reply } = await attempt.transact();
          expect(reply?.text).to.deep.equal(['später', 'später']);
        },
      ));
  }

  it('is begun with RSET when it is not the first', () =>
    withServer(
      { script: [...greeted(), ...MAIL_OK, ...DEFERRED, ...RSET_OK, ...MAIL_OK, ...RCPT_OK] },
      async (attempt) => {
        // Asked for at once, done one after the other.
        const ends = await Promise.all([attempt.transact(), attempt.transact()]);
        expect(ends.map(describeEnd)).to.deep.equal(['rcpt 450 4.7.1', 'rcpt 250 2.1.5']);
        expect(attempt.server.surprises).to.deep.equal([]);
      },
    ));

  it('reads the clock just before RCPT and just after its reply', () =>
    withServer(
      {
        script: [
          ...greeted(),
          { expect: /^MAIL/ },
          { delayMs: 60 },
          { send: '250 Ok\r\n' },
          { expect: /^RCPT/ },
          { delayMs: 40 },
          { send: '450 No\r\n' },
        ],
      },
      async (attempt) => {
        const before = performance.now();
        const { sent, replied } = await attempt.transact();
        expect(sent.monotonicMs - before).to.be.within(55, 500);
        expect(replied.monotonicMs - sent.monotonicMs).to.be.within(35, 500);
        expect(performance.now()).to.be.at.least(replied.monotonicMs);
        expect(Math.abs(replied.wallMs - Date.now())).to.be.below(1000);
      },
    ));

  it('reads the clock before MAIL where the answer came at MAIL', () =>
    withServer(
      { script: [...greeted(), { expect: /^MAIL/ }, { delayMs: 40 }, { send: '450 No\r\n' }] },
      async (attempt) => {
        const { sent, replied } = await attempt.transact();
        expect(replied.monotonicMs - sent.monotonicMs).to.be.within(35, 500);
      },
    ));

  const BROKEN: Partial<Record<string, readonly Step[]>> = {
    'connection-closed': [{ close: true }],
    'connection-reset': [{ reset: true }],
    'garbled-reply': [{ send: 'What?\r\n' }],
    timeout: [{ mute: true }],
    'reply-too-long': [{ flood: '250-x\r\n'.repeat(1000) }],
  };
  const STAGES: readonly [string, readonly Step[]][] = [
    ['mail', [{ expect: /^MAIL/ }]],
    ['rcpt', [...MAIL_OK, { expect: /^RCPT/ }]],
    ['data', [...MAIL_OK, ...RCPT_OK, { expect: /^DATA/ }]],
    [
      'message',
      [
        ...MAIL_OK,
        ...RCPT_OK,
        ...DATA_OK,
        { expect: /^Subject/ },
        { expect: /^$/ },
        { expect: /^\.$/ },
      ],
    ],
  ];
  for (const [stage, steps] of STAGES) {
    for (const [code, breaking = []] of Object.entries(BROKEN)) {
      it(`ends with ${stage} ${code}, and so does the session`, () =>
        withServer(
          {
            script: [...greeted(), ...steps, ...breaking],
            request: { timeoutMs: code === 'timeout' ? 120 : 1000 },
          },
          async (attempt) => {
            const request = { stage: 'message' as const, message: 'Subject: x\r\n\r\n' };
            expect(describeEnd(await attempt.transact(request))).to.equal(`${stage} ${code}`);
            expect(attempt.session.open).to.equal(false);
            const next = await attempt.transact(request);
            expect(next.reply).to.equal(null);
            expect(next.failure?.code).to.equal(code);
            expect(attempt.server.surprises).to.deep.equal([]);
          },
        ));
    }

    it(`ends with 421 at ${stage}, which closes the session`, () =>
      withServer(
        { script: [...greeted(), ...steps, { send: '421 4.7.0 Enough\r\n' }, { close: true }] },
        async (attempt) => {
          const request = { stage: 'message' as const, message: 'Subject: x\r\n\r\n' };
          expect(describeEnd(await attempt.transact(request))).to.equal(`${stage} 421 4.7.0`);
          expect(attempt.session.open).to.equal(false);
          expect(describeEnd(await attempt.transact())).to.equal('mail connection-closed');
        },
      ));

    it(`ends with a refusal at ${stage}, and the session goes on`, () =>
      withServer(
        {
          script: [
            ...greeted(),
            ...steps,
            { send: '554-5.7.1 No\r\n554 5.7.1 Never\r\n' },
            ...RSET_OK,
            ...MAIL_OK,
            ...RCPT_OK,
          ],
        },
        async (attempt) => {
          const request = { stage: 'message' as const, message: 'Subject: x\r\n\r\n' };
          expect(describeEnd(await attempt.transact(request))).to.equal(`${stage} 554 5.7.1`);
          expect(describeEnd(await attempt.transact())).to.equal('rcpt 250 2.1.5');
        },
      ));
  }

  const oneAfter: readonly [string, readonly Step[], string][] = [
    ['RSET refused', answer(/^RSET$/, '502 5.5.1 What?'), 'mail garbled-reply'],
    ['RSET deferred', answer(/^RSET$/, '450 4.7.1 Greylisted'), 'mail garbled-reply'],
    ['RSET answered with 421', answer(/^RSET$/, '421 Enough'), 'mail 421'],
    ['a close at RSET', [{ expect: /^RSET$/ }, { close: true }], 'mail connection-closed'],
  ];
  for (const [name, steps, end] of oneAfter) {
    it(`ends with ${end} on ${name}`, () =>
      withServer({ script: [...greeted(), ...MAIL_OK, ...DEFERRED, ...steps] }, async (attempt) => {
        await attempt.transact();
        expect(describeEnd(await attempt.transact())).to.equal(end);
      }));
  }

  it('gives the reply of a server that hangs up right after it', () =>
    withServer(
      { script: [...greeted(), ...MAIL_OK, ...DEFERRED, { close: true }] },
      async (attempt) => {
        expect(describeEnd(await attempt.transact())).to.equal('rcpt 450 4.7.1');
        await until(() => !attempt.session.open);
      },
    ));

  it('takes 354 to RCPT and 250 to DATA for garbled', async () => {
    const scripts: Setting['script'][] = [
      [...greeted(), ...MAIL_OK, ...answer(/^RCPT/, '354 Go on')],
      [...greeted(), ...MAIL_OK, ...RCPT_OK, ...answer(/^DATA/, '250 Ok')],
    ];
    const ends: string[] = [];
    for (const script of scripts) {
      await withServer({ script }, async (attempt) => {
        ends.push(describeEnd(await attempt.transact({ stage: 'data' })));
      });
    }
    expect(ends).to.deep.equal(['rcpt garbled-reply', 'data garbled-reply']);
  });

  it('does not take a reply that came too early for the reply to the next command', () =>
    withServer(
      { script: [...greeted(), ...answer(/^MAIL/, '250 Ok\r\n250 And this'), ...DEFERRED] },
      async (attempt) => {
        expect(describeEnd(await attempt.transact())).to.equal('rcpt garbled-reply');
      },
    ));
});

describe('an idle session', () => {
  const idle = [...greeted(), ...MAIL_OK, ...DEFERRED, { delayMs: 20 }];

  it('notices that the server has closed it', () =>
    withServer({ script: [...idle, { close: true }] }, async (attempt) => {
      await attempt.transact();
      await until(() => !attempt.session.open);
      const end = await attempt.transact();
      expect(describeEnd(end)).to.equal('mail connection-closed');
      expect(end.failure?.message).to.include('before the next command');
    }));

  it('notices a reset', () =>
    withServer({ script: [...idle, { reset: true }] }, async (attempt) => {
      await attempt.transact();
      await until(() => !attempt.session.open);
      expect(describeEnd(await attempt.transact())).to.equal('mail connection-reset');
    }));

  it('gives a 421 that the server sent meanwhile', () =>
    withServer({ script: [...idle, { send: '421 4.4.2 Too slow\r\n' }] }, async (attempt) => {
      await attempt.transact();
      await until(() => !attempt.session.open);
      expect(describeEnd(await attempt.transact())).to.equal('mail 421 4.4.2');
      expect(describeEnd(await attempt.transact())).to.equal('mail connection-closed');
    }));

  it('gives that 421 also when the server has closed after it', () =>
    withServer(
      { script: [...idle, { send: '421 4.4.2 Too slow\r\n' }, { close: true }] },
      async (attempt) => {
        await attempt.transact();
        await until(() => !attempt.session.open);
        await new Promise((resolve) => setTimeout(resolve, 20));
        expect(describeEnd(await attempt.transact())).to.equal('mail 421 4.4.2');
      },
    ));

  it('is ended by a flood', () =>
    withServer({ script: [...idle, { flood: 'x'.repeat(10_000) }] }, async (attempt) => {
      await attempt.transact();
      await until(() => !attempt.session.open);
      expect(describeEnd(await attempt.transact())).to.equal('mail reply-too-long');
    }));
});

describe('stage data', () => {
  it('breaks off after 354: no message, no QUIT inside it', () =>
    withServer({ script: [...greeted(), ...MAIL_OK, ...RCPT_OK, ...DATA_OK] }, async (attempt) => {
      const end = await attempt.transact({ stage: 'data' });
      expect(describeEnd(end)).to.equal('data 354');
      expect(attempt.session.open).to.equal(false);
      await attempt.session.quit();
      await until(() => attempt.server.gone === 1);
      expect(attempt.server.received.at(-1)).to.equal('DATA');
      expect(describeEnd(await attempt.transact())).to.equal('mail connection-closed');
    }));

  it('says QUIT when the server deferred at DATA', () =>
    withServer(
      { script: [...greeted(), ...MAIL_OK, ...RCPT_OK, ...answer(/^DATA/, '451 4.7.1 Later')] },
      async (attempt) => {
        expect(describeEnd(await attempt.transact({ stage: 'data' }))).to.equal('data 451 4.7.1');
        await attempt.session.quit();
        expect(attempt.server.received.at(-1)).to.equal('QUIT');
      },
    ));
});

describe('stage message', () => {
  const message = 'Subject: x\r\n\r\n.one\r\ntwo\r\n..three\r\n.\r\nend';
  const stuffed = ['Subject: x', '', '..one', 'two', '...three', '..', 'end', '.'];
  const taken: readonly Step[] = [
    ...DATA_OK,
    ...stuffed.map(() => ({ expect: /(?:)/ })),
    { send: '250 2.0.0 Queued\r\n' },
  ];

  it('sends the whole message, dot-stuffed', () =>
    withServer({ script: [...greeted(), ...MAIL_OK, ...RCPT_OK, ...taken] }, async (attempt) => {
      const end = await attempt.transact({ stage: 'message', message });
      expect(describeEnd(end)).to.equal('message 250 2.0.0');
      expect(attempt.server.received.slice(4)).to.deep.equal(stuffed);
      expect(attempt.session.open).to.equal(true);
      const sent = attempt.transcript.map(({ text }) => text);
      expect(sent).to.include('(message of 48 bytes)');
      expect(sent.join()).to.not.include('three');
    }));

  it('declares its size and its 8-bit letters where the server wants to know', () =>
    withServer(
      { script: [...greeted('SIZE 10', '8BITMIME'), ...answer(/^MAIL/, '552 5.3.4 Too big')] },
      async (attempt) => {
        const end = await attempt.transact({ stage: 'message', message: 'Ä\r\n' });
        expect(describeEnd(end)).to.equal('mail 552 5.3.4');
        expect(attempt.server.received.at(-1)).to.equal(
          'MAIL FROM:<probe@client.example.org> SIZE=4 BODY=8BITMIME',
        );
      },
    ));
});

describe('a local part that is not ASCII', () => {
  const recipient = 'müller@example.org';

  it('goes with SMTPUTF8 where that is offered', () =>
    withServer({ script: [...greeted('SMTPUTF8'), ...MAIL_OK, ...RCPT_OK] }, async (attempt) => {
      expect(describeEnd(await attempt.transact({ recipient }))).to.equal('rcpt 250 2.1.5');
      const [mail, rcpt] = attempt.server.received.slice(1);
      expect(mail).to.match(/> SMTPUTF8$/);
      expect(Buffer.from(rcpt ?? '', 'latin1').toString()).to.equal(`RCPT TO:<${recipient}>`);
    }));

  it('is not sent where it is not', () =>
    withServer({ script: greeted('8BITMIME') }, async (attempt) => {
      const end = await attempt.transact({ recipient });
      expect(describeEnd(end)).to.equal('mail smtputf8-not-offered');
      expect(end.failure?.message).to.include('SMTPUTF8');
      await attempt.session.quit();
      expect(attempt.server.received).to.deep.equal(['EHLO client.example.org', 'QUIT']);
    }));
});

for (const sender of ['a@b>\r\nRSET', 'a\r\n@b', 'a>b@c']) {
  it(`never sends ${JSON.stringify(sender)}`, () =>
    withServer({ script: greeted() }, async (attempt) => {
      expect(describeEnd(await attempt.transact({ sender }))).to.equal('mail network');
      expect(attempt.server.received.slice(1).filter((line) => line !== 'QUIT')).to.deep.equal([]);
    }));
}

describe('quit', () => {
  it('says QUIT once, however often it is called', () =>
    withServer({ script: greeted() }, async ({ session, server }) => {
      await Promise.all([session.quit(), session.quit()]);
      await session.quit();
      expect(server.received).to.deep.equal(['EHLO client.example.org', 'QUIT']);
      expect(session.open).to.equal(false);
    }));

  it('does not wait long for a server that never answers', () =>
    withServer(
      { script: [...greeted(), { mute: true }], request: { timeoutMs: 100 } },
      async ({ session, server }) => {
        const before = performance.now();
        await session.quit();
        expect(performance.now() - before).to.be.within(90, 600);
        await until(() => server.gone === 1);
      },
    ));

  it('ends a transaction that is under way', () =>
    withServer({ script: [...greeted(), ...MAIL_OK, { expect: /^RCPT/ }] }, async (attempt) => {
      const end = attempt.transact();
      await until(() => attempt.server.received.length === 3);
      await attempt.session.quit();
      expect(describeEnd(await end)).to.equal('rcpt interrupted');
      expect(attempt.server.received.at(-1)).to.equal('QUIT');
    }));

  it('gives every handle back, whatever happened', async () => {
    const handles = () =>
      process.getActiveResourcesInfo().filter((name) => /TCP|TLS|Timeout/.test(name));
    // One turn later, so that mocha's own timer counts on both sides.
    await new Promise((resolve) => setImmediate(resolve));
    const before = handles();
    const scripts: Setting['script'][] = [
      greeted(),
      [
        ...greeted('STARTTLS'),
        ...answer(/^STARTTLS/, '220 Go'),
        { starttls: true },
        ...greeted().slice(1),
      ],
      [...greeted('STARTTLS'), ...answer(/^STARTTLS/, '220 Go'), { close: true }],
      [{ send: 'What?\r\n' }],
      [...greeted(), ...MAIL_OK, ...RCPT_OK, ...DATA_OK],
      [...greeted(), ...MAIL_OK, { mute: true }],
    ];
    for (const script of scripts) {
      await withServer({ script, request: { timeoutMs: 60 } }, async ({ dialled, server }) => {
        const transaction = {
          sender: 'a@b.c',
          recipient: 'd@e.f',
          stage: 'data',
          message: null,
        } as const;
        await dialled.session?.transact(transaction);
        await dialled.session?.quit();
        await until(() => server.gone === server.connections);
      });
    }
    await until(() => handles().length <= before.length);
  });
});

describe('an interrupted transaction', () => {
  it('ends at once, and QUIT is said', async () => {
    const interrupt = new AbortController();
    await withServer(
      { script: [...greeted(), ...MAIL_OK, { expect: /^RCPT/ }], signal: interrupt.signal },
      async (attempt) => {
        const end = attempt.transact();
        await until(() => attempt.server.received.length === 3);
        interrupt.abort();
        expect(describeEnd(await end)).to.equal('rcpt interrupted');
        expect(attempt.session.open).to.equal(false);
        await attempt.session.quit();
        expect(attempt.server.received.at(-1)).to.equal('QUIT');
      },
    );
  });

  it('is the only thing that the signal is still watched for', async () => {
    const { signal } = new AbortController();
    const watchers = () => getEventListeners(signal, 'abort').length;
    await withServer({ script: greeted(), signal }, async ({ session }) => {
      expect(watchers()).to.equal(1);
      await session.quit();
      expect(watchers()).to.equal(0);
    });
    await withServer({ script: [{ send: '554 No\r\n' }], signal }, () => {
      expect(watchers()).to.equal(0);
    });
  });

  it('sends no QUIT into a message', async () => {
    const interrupt = new AbortController();
    const script = [...greeted(), ...MAIL_OK, ...RCPT_OK, ...DATA_OK];
    await withServer({ script, signal: interrupt.signal }, async (attempt) => {
      const end = attempt.transact({ stage: 'message', message: 'last line' });
      await until(() => attempt.server.received.includes('last line'));
      interrupt.abort();
      expect(describeEnd(await end)).to.equal('message interrupted');
      await attempt.session.quit();
      await until(() => attempt.server.gone === 1);
      expect(attempt.server.received.at(-1)).to.equal('.');
    });
  });
});
