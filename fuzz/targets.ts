import { readdirSync, readFileSync } from 'node:fs';
import { assess } from '../src/core/evidence/assess.js';
import { verdictOf } from '../src/core/evidence/verdict.js';
import { classify } from '../src/core/greylist/classify.js';
import { parseHint } from '../src/core/greylist/hints.js';
import { foldEvents } from '../src/core/run/state.js';
import { dnsPacket } from '../src/edges/dns/codec.js';
import { encodeQuery } from '../src/edges/dns/query.js';
import { readResponse } from '../src/edges/dns/response.js';
import { ServerFailure } from '../src/edges/dns/server-failure.js';
import { readJournalBytes } from '../src/edges/journal/reader.js';
import { ReplyReader } from '../src/edges/smtp/reply-reader.js';
import { GreyprobeError } from '../src/model/errors.js';
import { parseReplyLines } from '../src/model/reply.js';
import { parseConfig } from '../src/tasks/check/config-file.js';
import { explain } from '../src/tasks/explain/explain.js';
import { everyEvent, VERSION } from '../test/unit/edges/journal/support/events.js';

/** A parser of what others wrote, with what it is fed. */
export interface Target {
  /** Whole inputs that it takes; they are cut, changed and repeated. */
  readonly samples: readonly Buffer[];
  /** Pieces that mean something in its language. */
  readonly pieces: readonly string[];
  /** Throws, or rejects, only for a fault. */
  readonly run: (input: Buffer) => void | Promise<void>;
}

const here = (path: string) => new URL(`../test/${path}`, import.meta.url);

const REPLIES = ['greylisters', 'lookalikes', 'others'].flatMap((name) =>
  readFileSync(here(`corpus/${name}.jsonl`), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line): string => {
      const { code, enhanced, text } = JSON.parse(line);
      return [code, enhanced, text].filter(Boolean).join(' ');
    }),
);

const QUERY = encodeQuery('example.org', 'MX', { id: 7, edns: true });
const ANSWER = dnsPacket.encode({
  type: 'response',
  id: 7,
  flags: dnsPacket.RECURSION_DESIRED | dnsPacket.RECURSION_AVAILABLE,
  questions: [{ name: 'example.org', type: 'MX' }],
  answers: [
    { name: 'example.org', type: 'CNAME', ttl: 60, data: 'alias.example.org' },
    { name: 'alias.example.org', type: 'MX', ttl: 60, data: { preference: 1, exchange: 'a.b' } },
    { name: 'a.b', type: 'A', ttl: 60, data: '192.0.2.1' },
    { name: 'a.b', type: 'AAAA', ttl: 60, data: '2001:db8::1' },
    { name: 'a.b', type: 'TXT', ttl: 60, data: 'text' },
  ],
});

const JOURNAL = [{ journal: 'greyprobe.journal.v1', version: VERSION }, ...everyEvent()]
  .map((line) => `${JSON.stringify(line)}\n`)
  .join('');

const CONFIG = `defaults: &base
  from: probe-{nonce}@sender.example
  timeout: 5s
  expect: { verdict: greylisted, opensBy: 6m }
targets:
  - recipient: user@example.org
    <<: *base
  - { recipient: "\${USER}@example.org", port: 25 }
`;

const MAILS = readdirSync(here('fixtures/explain')).map((name) =>
  readFileSync(here(`fixtures/explain/${name}`)),
);

const LOGS = [
  'Nov 23 19:45:00 mx postfix/smtp[1]: 4A: to=<u@example.org>, relay=mx[192.0.2.1]:25, delay=1, delays=0/0/0/1, dsn=4.2.0, status=deferred (host mx[192.0.2.1] said: 450 4.2.0 <u@example.org>: Recipient address rejected: Greylisted (in reply to RCPT TO command))\n',
  '2026-11-23 19:45:00 1abc-000-00 == u@example.org R=dns T=smtp defer (-44) H=mx [192.0.2.1]: SMTP error from remote mail server after RCPT TO:<u@example.org>: 451 Greylisted\n',
  'Nov 23 19:45:00 mx sendmail[1]: a: to=<u@example.org>, delay=00:00:01, relay=mx. [192.0.2.1], dsn=4.3.0, stat=Deferred: 451 4.7.1 Greylisting in action\n',
];

/** What a caller expects of a parser that refuses: an error for people, or of a server. */
function refusing(read: () => void): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof GreyprobeError || error instanceof ServerFailure)) throw error;
  }
}

async function explained(input: Buffer): Promise<void> {
  async function* chunks() {
    yield input;
  }
  await explain(chunks(), { name: 'input' }).catch((error: unknown) => {
    if (!(error instanceof GreyprobeError)) throw error;
  });
}

export const TARGETS: Readonly<Record<string, Target>> = {
  replies: {
    samples: REPLIES.map((line) => Buffer.from(`${line}\r\n`)),
    pieces: ['450-', '450 ', '4.7.1 ', '\r\n', 'Greylisted', ' for 5 minutes', '(', '<', 'said: '],
    run: (input) => {
      const reader = new ReplyReader(() => {});
      if (reader.feed(input.toString('latin1')) !== null) return;
      for (let lines = reader.takeReply(); lines !== null; lines = reader.takeReply()) {
        const { reply } = parseReplyLines(lines);
        if (reply === null) continue;
        classify(reply, 'rcpt');
        parseHint(reply);
      }
    },
  },
  dns: {
    samples: [ANSWER],
    pieces: ['\u0000', '\u0007example\u0003org\u0000', '\u00c0\u000c', '\u00ff\u00ff'],
    run: (input) => {
      // Only what repeats id and question is read at all.
      const answer = Buffer.concat([ANSWER.subarray(0, 29), input.subarray(29)]);
      ANSWER.copy(answer, 0, 0, 6);
      refusing(() => readResponse(input, QUERY));
      refusing(() => readResponse(answer, QUERY));
    },
  },
  journal: {
    samples: [Buffer.from(JOURNAL)],
    pieces: ['{"type":"', '"at":', '1e308', '-1', 'null', '[', '"segment":', '\n', '}'],
    run: (input) =>
      refusing(() => {
        const state = foldEvents(readJournalBytes(input, 'a.jsonl').events);
        if (state !== null) verdictOf(state, assess(state));
      }),
  },
  config: {
    samples: [Buffer.from(CONFIG)],
    pieces: ['- ', ': ', '*base', '&a ', '<<: *base\n', '{', '[', '"', '|\n', '\n', '${', '!!'],
    run: (input) => refusing(() => parseConfig(input.toString('utf8'), 'a.yaml', {})),
  },
  bounces: {
    samples: MAILS,
    pieces: [
      '\n--',
      'Content-Type: message/delivery-status\n\n',
      'Status: 4.',
      '=?utf-8?',
      'From ',
    ],
    run: explained,
  },
  logs: {
    samples: LOGS.map((line) => Buffer.from(line)),
    pieces: ['status=deferred (', 'said: ', 'to=<', '450 ', '\n', ', ', '#Fields: ', '"', '(', ')'],
    run: explained,
  },
};
