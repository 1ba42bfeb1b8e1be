import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { expect } from 'chai';
import type { ExplainResult } from '../../../../src/contract/explain-result.js';
import { explain } from '../../../../src/tasks/explain/explain.js';

/** Explains a text that comes in chunks, as a file does. */
function explained(text: string): Promise<ExplainResult> {
  const bytes = Buffer.from(text);
  const chunks = Array.from({ length: Math.ceil(bytes.length / 65_536) }, (_, n) =>
    bytes.subarray(n * 65_536, (n + 1) * 65_536),
  );
  return explain(Readable.from(chunks), { name: 'list' });
}

const COUNT = 5000;
/** Makes a list longer than what is read at once. */
const FILLER = 'see https://help.example.org/greylisting/and/what/to/do '.repeat(3);
const REASON =
  'host mx.example.org[192.0.2.1] said: 450 4.2.0 <u@example.org>: Recipient address rejected: Greylisted, see http://postgrey.schweikert.ch/help/example.org.html (in reply to RCPT TO command)';

const all = (make: (n: number) => string, between = '\n') =>
  Array.from({ length: COUNT }, (_, n) => make(n)).join(between);

const queued = (n: number) =>
  JSON.stringify({
    queue_name: 'deferred',
    queue_id: `4dlPx${n}`,
    sender: 'a@sender.example',
    recipients: [{ address: `u${n}@example.org`, delay_reason: REASON }],
  });

const LISTS: readonly (readonly [name: string, text: string])[] = [
  [
    'mailq',
    all(
      (n) =>
        `4dlPx${String(n).padStart(5, '0')}     2831 Mon Jan  5 10:00:00  alice@sender.example\n(${REASON})\n                                         u${n}@example.org\n`,
    ),
  ],
  ['postqueue -j', all(queued)],
  ['a list of JSON on one line', `[${all(queued, ', ')}]`],
  ['a list of JSON within an object', `{"items": [\n${all(queued, ',\n')}\n]}`],
  [
    'a table',
    `email;status;reply\n${all((n) => `u${n}@example.org;deferred;"451 4.7.1 Greylisted, try ""again"""`)}`,
  ],
  [
    'replies',
    all((n) => `450 4.2.0 <u${n}@example.org>: Recipient address rejected: Greylisted, ${FILLER}`),
  ],
  [
    'replies in sentences',
    all((n) => `Mail for u${n}@example.org came back: 451 4.7.1 Greylisted, ${FILLER}`),
  ],
  [
    'a report of Exchange',
    `Generating server: EX.sender.example\n\n${all((n) => `u${n}@example.org\nmx.example.org #451 4.7.1 Greylisted ##\n`)}`,
  ],
];

describe('explain, of long lists', () => {
  for (const [name, text] of LISTS) {
    it(`counts all messages of ${name}`, async () => {
      const { log, warnings } = await explained(text);
      expect(log?.refusals).to.equal(COUNT);
      expect(log?.classes).to.deep.equal([
        { direction: 'outgoing', class: 'greylisting', count: COUNT },
      ]);
      expect(warnings).to.deep.equal([]);
    });
  }

  it('counts all bounces of a mailbox that is larger than one mail may be', async () => {
    const bounce = readFileSync(
      new URL('../../../fixtures/explain/postfix-failed.eml', import.meta.url),
      'utf8',
    );
    const big = `${bounce}${'x'.repeat(70)}\n`.padEnd(60_000, 'filler\n');
    const box = Array.from({ length: 200 }, () => `From x Wed Nov 25 10:15:03 2026\n${big}\n\n`);
    const { log, input } = await explained(box.join(''));
    expect(input.bytes).to.be.above(9 * 1024 * 1024);
    expect(log?.refusals).to.equal(400);
  });

  it('tells how many of the refused were delivered, after how long, and how many were lost', async () => {
    const line = (minute: number, id: string, words: string) =>
      `Jan  5 10:${String(minute).padStart(2, '0')}:00 mail postfix/smtp[1]: ${id}: to=<u@example.org>, relay=mx.example.org[192.0.2.1]:25, delay=${minute * 60 + 1}, delays=0/0/1/0, dsn=4.7.1, ${words}`;
    const refused = `status=deferred (${REASON})`;
    const ids = ['4dlPxA', '4dlPxB', '4dlPxC', '4dlPxD', '4dlPxE', '4dlPxF', '4dlPxG'];
    const { log } = await explained(
      [
        ...ids.map((id) => line(0, id, refused)),
        line(5, '4dlPxA', 'status=sent (250 Ok)'),
        line(10, '4dlPxB', 'status=sent (250 Ok)'),
        line(20, '4dlPxC', 'status=sent (250 Ok)'),
        line(20, '4dlPxD', `status=bounced (${REASON})`),
        'Jan 10 10:00:00 mail postfix/qmgr[1]: 4dlPxE: from=<a@sender.example>, status=expired, returned to sender',
      ].join('\n'),
    );
    expect(log?.outcomes).to.deep.equal({
      delivered: 3,
      returned: 1,
      expired: 1,
      waiting: 2,
      deliveredAfterSeconds: { shortest: 300, median: 600, longest: 1200 },
      cut: false,
    });
  });
});
