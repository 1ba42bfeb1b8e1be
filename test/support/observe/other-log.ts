import { GREYLIST_WORDS, Greylist, type GreylistOptions, type SimulatedHost } from './mail-host.js';
import { Chance } from './random.js';
import type { SentLog } from './sent-log.js';

/*
 * Logs in another hand than those of `sent-log.ts`: mail comes in heavy-tailed bursts, retries follow
 * fixed lists with jitter, and lines are written as Exim writes them, or as a Postfix with long queue ids,
 * TLS fields and rewritten recipients does. Beside plain greylists there are some whose words say nothing,
 * some that let three mails in ten in at once (scores), that change their delay, that move to another address, and
 * hosts that answer slowly, are full at times, or greet and hang up.
 */

const DAY = 86_400;
const RETRIES: readonly (readonly number[])[] = [
  [900, 1800, 2700, 3600, 5400, 7200, 10_800, 14_400, 21_600, 43_200, 86_400],
  [60, 300, 900, 1800, 3600, 7200, 14_400, 28_800],
  [300, 600, 1200, 2400, 4800, 8800, 12_800, 16_800, 28_800],
];
const LETTERS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

interface Target extends SimulatedHost {
  /** Other delays that it had: a window may tell any of them, or span them. */
  readonly delays: readonly number[];
  /** Where it is now. */
  addressAt(at: number): string;
}

export interface OtherLog extends SentLog {
  readonly delaysOf: ReadonlyMap<string, readonly number[]>;
}

export function otherLog(seed: number, days: number): OtherLog {
  const chance = new Chance(seed);
  const start = Date.parse(chance.pick(['2026-04-01T00:00:00Z', '2026-10-20T00:00:00Z'])) / 1000;
  const targets = Array.from({ length: 30 }, (_, n) => target(n, chance, start + (days * DAY) / 2));
  const write = chance.often(0.5) ? eximLines : postfixLines;
  const list = chance.pick([...RETRIES] as [readonly number[], ...(readonly number[])[]]);
  const lines: [number, string][] = [];
  let at = start;
  for (let n = 0; at < start + days * DAY; n += 1) {
    // Bursts: most waits are seconds, some are hours.
    at += 20 * (1 - chance.next()) ** -1.1;
    if (at > start + days * DAY) break;
    const host = targets[Math.floor(30 * chance.next() ** 2)];
    if (host === undefined) continue;
    lines.push(...deliver(n, at, host, list, start + days * DAY, chance, write));
  }
  lines.sort(([a], [b]) => Math.floor(a) - Math.floor(b));
  const file = `${lines.map(([, line]) => line).join('\n')}\n`;
  const delaysOf = new Map(
    targets.flatMap((one) =>
      [one.address, one.addressAt(Number.POSITIVE_INFINITY)].map(
        (address) => [address, one.delays] as const,
      ),
    ),
  );
  return { files: [file], hosts: targets, delaysOf };
}

function target(n: number, chance: Chance, middle: number): Target {
  const name = `in${n}.net${n}.example`;
  const address = `192.0.2.${n}`;
  const kind = chance.pick([
    'grey',
    'grey',
    'grey',
    'quiet',
    'score',
    'changed',
    'moved',
    'slow',
    'full',
    'hangs',
    'open',
    'open',
  ]);
  const greylists = ['grey', 'quiet', 'score', 'changed', 'moved'].includes(kind);
  const options: Omit<GreylistOptions, 'delaySeconds'> = {
    timer: 'from-first',
    key: chance.pick(['tuple', 'tuple', 'sender-domain', 'client']),
    listsAfter: chance.pick([null, null, 3]),
    listsBy: 'client',
    closesSeconds: 2 * DAY,
    knownSeconds: 35 * DAY,
    wholeSeconds: true,
    words: kind === 'quiet' ? '450 4.7.1 Try again later' : chance.pick(GREYLIST_WORDS),
    faults: 0,
  };
  const delays = greylists ? [chance.pick([55, 120, 300, 420, 1200])] : [];
  if (kind === 'changed') delays.push(chance.pick([30, 900, 2400]));
  const lists = delays.map((delaySeconds) => new Greylist({ ...options, delaySeconds }));
  const phase = chance.below(DAY);
  return {
    name,
    address,
    kind,
    delaySeconds: delays[0] ?? null,
    delays,
    addressAt: (at) => (kind === 'moved' && at > middle ? `198.51.100.${n}` : address),
    ask(at, asked) {
      const text = (words: string) =>
        ({
          code: Number(words.slice(0, 3)),
          text: words.slice(4).replace('%r', asked.recipient),
        }) as ReturnType<SimulatedHost['ask']>;
      if (greylists) {
        // A message keeps its score.
        if (kind === 'score' && Number(asked.message) % 10 < 3) return text('250 Ok');
        const list = at > middle ? (lists.at(-1) ?? lists[0]) : lists[0];
        return list?.decide(at, asked) ? text('250 2.0.0 Ok') : text(options.words);
      }
      if (kind === 'slow' && chance.often(0.2)) return null;
      if (kind === 'full' && (at + phase) % DAY < 9000) return text('452 4.2.2 Mailbox full');
      if (kind === 'hangs' && chance.often(0.3))
        return text('421 4.7.0 Try again later, closing connection');
      return text('250 2.0.0 Ok');
    },
  };
}

interface Try {
  readonly at: number;
  readonly took: number;
  readonly arrived: number;
  readonly n: number;
  readonly sender: string;
  readonly recipient: string;
  readonly host: string;
  readonly address: string;
  readonly reply: { readonly code: number; readonly text: string } | null;
  readonly first: boolean;
}

type Write = (one: Try) => readonly [number, string][];

function deliver(
  n: number,
  arrived: number,
  host: Target,
  list: readonly number[],
  end: number,
  chance: Chance,
  write: Write,
): readonly [number, string][] {
  const sender = `p${Math.floor(9 * chance.next() ** 3)}@ours.example`;
  const recipient = `q${chance.below(3)}@${host.name.replace(/^in\d+\./, '')}`;
  const lines: [number, string][] = [];
  for (const wait of [0.2, ...list]) {
    const began = arrived + wait + 3 * chance.next();
    if (began > end) break;
    const took = 0.2 + 2 * chance.next() ** 4;
    const asked = { client: '203.0.113.1', sender, recipient, message: String(n) };
    const reply = host.ask(began + took / 2, asked);
    const address = host.addressAt(began);
    lines.push(
      ...write({
        at: began + took,
        took,
        arrived,
        n,
        sender,
        recipient,
        host: host.name,
        address,
        reply,
        first: wait < 1,
      }),
    );
    if (reply?.code === 250) break;
  }
  return lines;
}

/** Exim's main log: local time without a zone, ids that tell the time of arrival. */
function eximLines({
  at,
  took,
  arrived,
  n,
  sender,
  recipient,
  host,
  address,
  reply,
  first,
}: Try): readonly [number, string][] {
  const stamp = (when: number) =>
    new Date((when + 7200) * 1000).toISOString().slice(0, 19).replace('T', ' ');
  let left = Math.floor(arrived);
  let id = '';
  for (let digit = 0; digit < 6; digit += 1) {
    id = `${LETTERS[left % 62]}${id}`;
    left = Math.floor(left / 62);
  }
  id = `${id}-${String(n).padStart(11, '0')}-0001`;
  const lines: [number, string][] = first
    ? [
        [
          arrived,
          `${stamp(arrived)} ${id} <= ${sender} H=app [10.0.0.5] P=esmtpsa S=2111 id=x${n}@ours.example`,
        ],
      ]
    : [];
  const to = `${recipient} R=dnslookup T=remote_smtp`;
  const from = `H=${host} [${address}]`;
  if (reply?.code === 250) {
    const passed = `${stamp(at)} ${id} => ${to} ${from} X=TLS1.3:ECDHE_SECP256R1:256 CV=yes C="250 2.0.0 Ok" QT=${Math.floor(at - arrived)}s DT=${Math.ceil(took)}s`;
    return [...lines, [at, passed], [at, `${stamp(at)} ${id} Completed`]];
  }
  const why =
    reply === null
      ? `defer (110): Connection timed out ${from} DT=30s`
      : `defer (-44) ${from} X=TLS1.3:ECDHE:256 CV=yes: SMTP error from remote mail server after RCPT TO:<${recipient}>: ${reply.code} ${reply.text}`;
  const line: [number, string] = [at, `${stamp(at)} ${id} == ${to} ${why}`];
  return [...lines, line];
}

/** Postfix with long ids, zones in its stamps, and rewritten recipients. */
function postfixLines({
  at,
  took,
  arrived,
  n,
  sender,
  recipient,
  host,
  address,
  reply,
}: Try): readonly [number, string][] {
  const head = (when: number, daemon: string) =>
    `${new Date((when + 7200) * 1000).toISOString().slice(0, 23)}000+02:00 relay1 postfix/${daemon}[${100 + (n % 7)}]:`;
  const id = `4${(n + 0x10000).toString(36).replace(/[aeiou]/g, 'Z')}zQ`;
  const relay = reply === null ? 'none' : `${host}[${address}]:25`;
  const delay = (at - arrived).toFixed(at - arrived < 10 ? 1 : 0);
  const to = `${id}: to=<${recipient}>, orig_to=<alias${n % 5}@ours.example>, relay=${relay}, conn_use=${1 + (n % 3)}, delay=${delay}, delays=${Math.max(0, at - arrived - took).toFixed(1)}/0.02/0.1/${took.toFixed(2)}, tls=verified`;
  const status =
    reply === null
      ? `dsn=4.4.1, status=deferred (connect to ${host}[${address}]:25: Connection timed out)`
      : reply.code === 250
        ? `dsn=2.0.0, status=sent (250 ${reply.text})`
        : `dsn=4.2.0, status=deferred (host ${host}[${address}] said: ${reply.code} ${reply.text} (in reply to RCPT TO command))`;
  return [
    [
      at - took,
      `${head(at - took, 'qmgr')} ${id}: from=<${sender}>, size=900, nrcpt=1 (queue active)`,
    ],
    [at, `${head(at, 'smtp')} ${to}, ${status}`],
  ];
}
