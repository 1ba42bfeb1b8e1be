import { expect } from 'chai';
import fc from 'fast-check';
import { probeAgainst } from '../unit/edges/smtp/support/probe-against.js';
import type { Step } from '../unit/edges/smtp/support/scripted-server.js';

/*
 * Mail hosts that are drawn: what they say to each command, how they cut it up, where they break off.
 * None of them greylists, and no refusal of theirs is about the recipient; a failure prints the seed and
 * what the host did. GREYPROBE_SEED draws others.
 */

const SEED = Number(process.env['GREYPROBE_SEED'] ?? 20_261_130);
const PEERS = 120;
/** Runs at a time: their time-outs are waited for side by side. */
const AT_A_TIME = 8;

/** Longer than any answer of these hosts is worth: a run that is longer hangs. */
const LONGEST_SECONDS = 120;

type Said = string;

const pick = <T>(...values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);

/** Words without a meaning, some of them for a terminal, a shell or a log. */
const words: fc.Arbitrary<string> = fc.oneof(
  pick(
    '',
    'ok',
    'go ahead',
    '- -',
    '%s%n',
    '$(id)',
    '::error::x',
    '\u001b[2J',
    '\u0000',
    'caf\u00e9',
  ),
  fc.string({ unit: 'binary-ascii', maxLength: 40 }).map((text) => text.replace(/[\r\n]/gu, ' ')),
);

/** One reply, well-formed or not, that gives the code which is expected there. */
function reply(code: string): fc.Arbitrary<Said> {
  const line = words.map((text) => `${code} ${text}\r\n`);
  const broken = (text: string) =>
    pick(
      `${code}-${text}\r\n${code} done\r\n`,
      `${code}-${text}\r\n${code}\r\n`,
      `${code}-${text}\n${code} done\n`,
      `${code}-${text}\r\n${text}\r\n${code} done\r\n`,
      `${code}-${text}\r\n250-other\r\n${code} done\r\n`,
      `${code}\t${text}\r\n`,
      `${code}:${text}\r\n`,
      `${code}${text}\r\n`,
      ` ${code} ${text}\r\n`,
      `${code}-${text}\r\n`,
      `${code} ${text}`,
      `${code} ${text}\r${code} ${text}\r`,
      `${code} ${text}\r\n${code} again\r\n`,
      `${code} ${'x'.repeat(5000)}\r\n`,
      `${`${code}-x\r\n`.repeat(3000)}${code} x\r\n`,
    );
  return fc.oneof({ weight: 8, arbitrary: line }, { weight: 3, arbitrary: words.chain(broken) });
}

/** Refusals of the connection, or of the host as a whole; and codes that there are not. */
const elsewhere: fc.Arbitrary<Said> = pick(
  '421 4.3.2 going down\r\n',
  '421 4.7.0 too many connections\r\n',
  '450 4.3.2 busy\r\n',
  '451 4.3.0 internal error\r\n',
  '452 4.5.3 too many recipients this session\r\n',
  '454 4.7.0 TLS not available\r\n',
  '503 5.5.1 bad sequence of commands\r\n',
  '503 5.5.1 nested MAIL command\r\n',
  '554 5.7.0 too many transactions in this connection\r\n',
  '502 5.5.2 command not recognized\r\n',
  '100 wait\r\n',
  '199 wait\r\n',
  '354 go ahead\r\n',
  '334 VXNlcm5hbWU6\r\n',
  '600 what\r\n',
  '699 what\r\n',
  '999 what\r\n',
  '000 what\r\n',
  'hello\r\n',
  '\r\n',
  '\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003',
);

/** How the bytes of a reply leave the host. */
function sent(text: string): fc.Arbitrary<readonly Step[]> {
  const half = Math.floor(text.length / 2);
  const pieces = [{ send: text.slice(0, half) }, { delayMs: 20 }, { send: text.slice(half) }];
  return fc.oneof(
    { weight: 12, arbitrary: fc.constant([{ send: text }]) },
    { weight: 2, arbitrary: fc.constant(pieces) },
    { weight: 1, arbitrary: fc.constant([{ drip: text.slice(0, 60), everyMs: 4 }]) },
  );
}

/** After which nothing of the script is left to say. */
const ends: fc.Arbitrary<readonly Step[]> = pick<readonly Step[]>(
  [{ close: true }],
  [{ reset: true }],
  [{ mute: true }],
  [{ send: '250 h' }, { close: true }],
  [{ send: '250 h' }, { reset: true }],
  [{ flood: '250-and more\r\n' }],
  [{ drip: '250-slowly and without an end\r\n'.repeat(9), everyMs: 15 }],
  [{ send: '421 4.3.2 going down\r\n' }, { close: true }],
  [{ send: '421 4.3.2 going down\r\n' }, { reset: true }],
);

interface Turn {
  readonly steps: readonly Step[];
  readonly isEnd: boolean;
}

/** What is said to one command: mostly what is right there. */
function turn(right: fc.Arbitrary<Said>): fc.Arbitrary<Turn> {
  const goesOn = (said: fc.Arbitrary<Said>) =>
    said.chain(sent).map((steps): Turn => ({ steps, isEnd: false }));
  return fc.oneof(
    { weight: 20, arbitrary: goesOn(right) },
    { weight: 2, arbitrary: goesOn(elsewhere) },
    { weight: 1, arbitrary: ends.map((steps): Turn => ({ steps, isEnd: true })) },
  );
}

/** What EHLO is answered with: some of it is not kept to. */
const greeting: fc.Arbitrary<Said> = fc
  .subarray([
    'PIPELINING',
    'SIZE 0',
    'SIZE x',
    'SMTPUTF8',
    'ENHANCEDSTATUSCODES',
    '',
    '8BITMIME\u0000',
  ])
  .map((keywords) => ['mx', ...keywords])
  .map((lines) =>
    lines.map((line, n) => `250${n === lines.length - 1 ? ' ' : '-'}${line}\r\n`).join(''),
  );

const starttls: fc.Arbitrary<readonly Step[]> = pick<readonly Step[]>(
  [],
  [{ send: '220 go\r\n' }, { starttls: true }, { expect: /^EHLO/ }, { send: '250 mx\r\n' }],
  [{ send: '220 go\r\n' }, { starttls: true, tls: { maxVersion: 'TLSv1.2' } }, { close: true }],
  [
    { send: '220 go\r\n' },
    {
      starttls: true,
      tls: { ciphers: 'ECDHE-RSA-AES128-GCM-SHA256', minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' },
    },
    { expect: /^EHLO/ },
    { send: '250 mx\r\n' },
  ],
  [{ send: '220 go\r\n250 injected\r\n' }, { starttls: true }],
  [{ send: '220 go\r\n' }, { send: '\u0015\u0003\u0003\u0000\u0002\u0002\u0028' }],
  [{ send: '220 go\r\n' }, { send: 'no TLS here\r\n' }],
  [{ send: '220 go\r\n' }, { reset: true }],
  [{ send: '220 go\r\n' }, { mute: true }],
  [{ send: '454 4.7.0 TLS not available\r\n' }],
  [{ send: '501 5.5.4 no parameters\r\n' }],
  [{ send: '554 5.7.3 no TLS for you\r\n' }],
);

/** What RCPT is answered with: deferrals of no meaning, acceptances. */
const recipients: fc.Arbitrary<Said> = pick('250', '250', '450', '451', '452').chain(reply);

const TRANSACTIONS = 5;

const peers: fc.Arbitrary<readonly Step[]> = fc
  .record({
    early: pick<readonly Step[]>(
      [],
      [],
      [],
      [{ send: '220 early\r\n250 mx\r\n250 ok\r\n450 no\r\n' }],
      [{ delayMs: 80 }],
    ),
    banner: turn(reply('220')),
    greeting: turn(fc.oneof(greeting, reply('250'))),
    tls: starttls,
    transactions: fc.array(
      fc.record({ mail: turn(reply('250')), rcpt: turn(recipients), rset: turn(reply('250')) }),
      { minLength: TRANSACTIONS, maxLength: TRANSACTIONS },
    ),
  })
  .map(({ early, banner, greeting: ehlo, tls, transactions }) => {
    const offers = tls.length > 0 && !ehlo.isEnd;
    const offer: Turn = { steps: [{ send: '250-mx\r\n250 STARTTLS\r\n' }], isEnd: false };
    const turns: readonly (readonly [RegExp | null, Turn])[] = [
      [null, banner],
      [/^EHLO/, offers ? offer : ehlo],
      ...(offers ? [[/^STARTTLS/, { steps: tls, isEnd: false }] as const] : []),
      ...transactions.flatMap(
        ({ mail, rcpt, rset }) =>
          [
            [/^MAIL/, mail],
            [/^RCPT/, rcpt],
            [/^(?:RSET|QUIT)/, rset],
          ] as const,
      ),
    ];
    const last = turns.findIndex(([, { isEnd }]) => isEnd);
    const played = last === -1 ? turns : turns.slice(0, last + 1);
    return [
      ...early,
      ...played.flatMap(([expected, { steps }]) =>
        expected === null ? steps : [{ expect: expected }, ...steps],
      ),
    ];
  });

describe('a mail host that is drawn', () => {
  it(`is borne with, and nothing is concluded from its faults: ${PEERS} hosts`, async () => {
    const drawn = fc.sample(peers, { numRuns: PEERS, seed: SEED });
    for (let from = 0; from < drawn.length; from += AT_A_TIME) {
      const runs = drawn.slice(from, from + AT_A_TIME).map(async (script, index) => {
        const began = performance.now();
        const probed = await probeAgainst(script, { timeoutSeconds: 0.25, maxWaitSeconds: 60 });
        const seconds = (performance.now() - began) / 1000;
        const what = `seed ${SEED}, host ${from + index}: ${JSON.stringify(script)}`;
        return { what, seconds, ...probed };
      });
      for (const { what, seconds, state, result, exit, pauses, server } of await Promise.all(
        runs,
      )) {
        expect(state.finished, what).to.not.equal(null);
        expect(seconds, what).to.be.below(LONGEST_SECONDS);
        expect(server.connections, what).to.be.at.most(30);
        expect(Math.min(99, ...pauses), what).to.be.at.least(0.99);
        expect(exit, what).to.be.oneOf([0, 3, 5, 6]);
        const { kind, confidence } = result.verdict;
        // None of them greylists, and what they refuse is the session.
        expect(`${kind} ${confidence}`, what).to.not.be.oneOf([
          'greylisted confirmed',
          'rejected confirmed',
        ]);
      }
    }
  }).timeout(180_000);
});
