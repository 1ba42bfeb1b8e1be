import { createSocket } from 'node:dgram';
import { expect } from 'chai';
import dnsPacket, { type Answer, type DecodedPacket } from 'dns-packet';
import { buildResult } from '../../src/contract/build-result.js';
import { exitCodeOf } from '../../src/contract/exit-code.js';
import type { ProbeResult } from '../../src/contract/probe-result.js';
import { startRun } from '../../src/core/run/engine.js';
import { realPorts } from '../../src/edges/real-ports.js';
import { acceptsAll } from '../../src/sandbox/behaviours.js';
import { createVirtualClock } from '../../src/sandbox/virtual/virtual-clock.js';
import { createVirtualDialer } from '../../src/sandbox/virtual/virtual-dialer.js';
import { createVirtualRandom } from '../../src/sandbox/virtual/virtual-random.js';
import { request } from '../unit/core/run/support/virtual-run.js';
import {
  answer,
  asked,
  closeServers,
  framed,
  tcpServer,
  type UdpExchange,
  udpServer,
} from '../unit/edges/dns/support/servers.js';

/*
 * A probe whose resolver is hostile or out of order. The DNS goes over real sockets; the mail host at
 * 192.0.2.1 is simulated, and takes all. What is no answer about the domain proves nothing about it.
 */

const MX = 'MX example.org';
const A = 'A mx.example.org';

/** The honest zone: an answer by type and name; else the name has no such data. */
const HONEST: Readonly<Record<string, readonly Answer[]>> = {
  [MX]: [mx('mx.example.org')],
  [A]: [a('192.0.2.1')],
};

function mx(exchange: string, preference = 10, name = 'example.org', ttl = 60): Answer {
  return { type: 'MX', name, ttl, data: { preference, exchange } };
}

function a(data: string, name = 'mx.example.org', ttl = 60): Answer {
  return { type: 'A', name, ttl, data };
}

function aaaa(data: string, name = 'mx.example.org'): Answer {
  return { type: 'AAAA', name, ttl: 60, data };
}

function cname(name: string, data: string): Answer {
  return { type: 'CNAME', name, ttl: 60, data };
}

type Serve = (exchange: Pick<UdpExchange, 'query' | 'reply' | 'client'>) => void;

/** Answers as the zone says, but for what is given. */
function zone(changed: Readonly<Record<string, readonly Answer[]>>): Serve {
  const all = { ...HONEST, ...changed };
  return ({ query, reply }) => reply(answer(query, all[asked(query)] ?? []));
}

/** Answers honestly, but for one question. */
function except(question: string, serve: Serve): Serve {
  const honest = zone({});
  return (exchange) => (asked(exchange.query) === question ? serve : honest)(exchange);
}

/** Any answer to the question in place of the honest one. */
function says(
  question: string,
  bytes: (query: DecodedPacket, honest: Buffer) => Buffer | readonly Buffer[],
): Serve {
  return except(question, ({ query, reply }) => {
    const sent = bytes(query, answer(query, HONEST[question] ?? []));
    for (const one of Array.isArray(sent) ? sent : [sent]) reply(one);
  });
}

const code = (rcode: number, records: readonly Answer[] = []) => ({
  mx: says(MX, (query) => answer(query, records, { rcode })),
  a: says(A, (query) => answer(query, records, { rcode })),
});

/** Replaces what follows the question, and says how many records that is. */
const tail = (count: number, bytes: Buffer) =>
  says(MX, (query) => {
    const head = answer(query);
    head.writeUInt16BE(count, 6);
    return Buffer.concat([head, bytes]);
  });

/** The question `example.org` begins at 12; the first record at 12 + 13 + 4. */
const POINTER = Buffer.from([0xc0, 12]);
const FIRST_RECORD = 29;
const record = (type: number, data: Buffer, owner: Buffer = POINTER) => {
  const fixed = Buffer.from([0, type, 0, 1, 0, 0, 0, 60, 0, 0]);
  fixed.writeUInt16BE(data.length, 8);
  return Buffer.concat([owner, fixed, data]);
};
const exchange = (...name: readonly number[]) => record(15, Buffer.from([0, 10, ...name]));
const label = (text: string) => [text.length, ...Buffer.from(text, 'latin1')];
const OPT = Buffer.from([0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 0]);

/** A name of 255 octets, and one of more, label by label. */
const LONGEST = `${Array.from({ length: 3 }, () => 'l'.repeat(63)).join('.')}.${'m'.repeat(61)}`;

type Outcome =
  /** The mail host was found, and asked. */
  | 'found'
  /** Nothing is known: exit 5, and no more than possible. */
  | 'not known'
  /** The DNS says that nobody takes mail there: exit 4. */
  | 'no mail'
  /** Aliases in a circle: the domain's own fault, exit 5. */
  | 'circle';

const CASES: Readonly<Record<string, readonly [Outcome, Serve]>> = {
  'an honest answer': ['found', zone({})],
  'a TTL of zero': ['found', zone({ [MX]: [mx('mx.example.org', 10, 'example.org', 0)] })],
  'a TTL with its top bit set': [
    'found',
    zone({ [MX]: [mx('mx.example.org', 10, 'example.org', 0xffffffff)] }),
  ],
  'each answer twice': [
    'found',
    ({ query, reply }) => {
      for (let n = 0; n < 2; n += 1) reply(answer(query, HONEST[asked(query)] ?? []));
    },
  ],
  'all records twice': [
    'found',
    zone({
      [MX]: [mx('mx.example.org'), mx('mx.example.org')],
      [A]: [a('192.0.2.1'), a('192.0.2.1')],
    }),
  ],
  'a null MX beside others': ['found', zone({ [MX]: [mx('.', 0), mx('mx.example.org')] })],
  'a null MX alone': ['no mail', zone({ [MX]: [mx('.', 0)] })],
  'two null MX': ['no mail', zone({ [MX]: [mx('.', 0), mx('.', 1)] })],
  'an MX that is an alias': [
    'found',
    zone({
      [A]: [cname('mx.example.org', 'real.example.org'), a('192.0.2.1', 'real.example.org')],
    }),
  ],
  'an MX that is an alias of itself': [
    'circle',
    zone({ [A]: [cname('mx.example.org', 'mx.example.org')] }),
  ],
  'an alias with a trap beside it': [
    'found',
    zone({ [A]: [a('192.0.2.66', 'evil.example.net'), a('192.0.2.1')] }),
  ],
  'records of other names alone': [
    'not known',
    zone({ [MX]: [mx('evil.example.net', 1, 'example.net')] }),
  ],
  'records of other types alone': [
    'not known',
    zone({ [MX]: [{ type: 'TXT', name: 'example.org', data: 'v=spf1 -all' }] }),
  ],
  'an alias of the domain in a circle': [
    'circle',
    zone({ [MX]: [cname('example.org', 'b.example.org'), cname('b.example.org', 'example.org')] }),
  ],
  'an alias of the domain to itself': [
    'circle',
    zone({ [MX]: [cname('example.org', 'example.org')] }),
  ],
  'twelve aliases in a row': [
    'found',
    zone({
      [MX]: [
        ...Array.from({ length: 12 }, (_, n) =>
          cname(n === 0 ? 'example.org' : `n${n}.example.org`, `n${n + 1}.example.org`),
        ),
        mx('mx.example.org', 10, 'n12.example.org'),
      ],
    }),
  ],
  'a new alias for each question': [
    'circle',
    ({ query, reply }) => {
      const name = query.questions?.[0]?.name ?? '';
      reply(answer(query, [cname(name, `a${name}`.slice(0, 60))]));
    },
  ],
  'an alias to the root': ['not known', zone({ [MX]: [cname('example.org', '.')] })],
  'an alias to what no name has': [
    'not known',
    zone({ [MX]: [cname('example.org', '\u001b[2J.org')] }),
  ],
  '500 MX': [
    'found',
    zone({
      [MX]: Array.from({ length: 500 }, (_, n) => mx(`m${n}.example.org`, n + 20)).concat(
        mx('mx.example.org', 1),
      ),
    }),
  ],
  'an MX that is an address': ['no mail', zone({ [MX]: [mx('192.0.2.1')] })],
  'an MX of underscores and one that is good': [
    'found',
    zone({ [MX]: [mx('-_-.example.org', 1), mx('mx.example.org')] }),
  ],
  'an exchange of 255 octets': ['found', zone({ [MX]: [mx(LONGEST, 1), mx('mx.example.org')] })],
  'an exchange of more than 255 octets': [
    'not known',
    tail(
      2,
      Buffer.concat([
        exchange(...Array.from({ length: 6 }, () => label('x'.repeat(63))).flat(), 0),
        exchange(2, 0x6d, 0x78, 0xc0, 12),
      ]),
    ),
  ],
  // It looks like a name of three labels, and is read as one.
  'a label with a dot in it': ['found', tail(1, exchange(...label('mx.example.org'), 0))],
  'a label with a backslash, NUL and escapes': [
    'no mail',
    tail(1, exchange(...label('mx\\.a'), ...label('\u0000\u001b]0;x\u0007'), 0)),
  ],
  'a name that points at itself': [
    'not known',
    tail(1, record(15, Buffer.from([0, 10, 0xc0, FIRST_RECORD + 14]))),
  ],
  'two names that point at each other': [
    'not known',
    tail(1, record(15, Buffer.from([0, 10, 0xc0, FIRST_RECORD + 16, 0xc0, FIRST_RECORD + 14]))),
  ],
  'a name that points beyond the end': ['not known', tail(1, exchange(0xff, 0xff))],
  'an owner that points at itself': [
    'not known',
    tail(1, record(15, Buffer.from([0, 10, 0]), Buffer.from([0xc0, FIRST_RECORD]))),
  ],
  'a label of an unknown kind': ['not known', tail(1, exchange(0x80, 1, 2, 3))],
  'an exchange that is cut off': ['not known', tail(1, exchange(9, 0x6d))],
  'an MX without an exchange': ['not known', tail(1, record(15, Buffer.from([0, 10])))],
  'an MX of one byte': ['not known', tail(1, record(15, Buffer.from([0])))],
  'more records than there are': ['not known', tail(9, exchange(2, 0x6d, 0x78, 0xc0, 12))],
  'more records than can be': ['not known', tail(65_535, exchange(2, 0x6d, 0x78, 0xc0, 12))],
  'bytes after the last record': [
    'found',
    tail(1, Buffer.concat([exchange(2, 0x6d, 0x78, 0xc0, 12), Buffer.alloc(99)])),
  ],
  'two OPT records': [
    'found',
    says(MX, (_, honest) => {
      const twice = Buffer.concat([honest, OPT, OPT]);
      twice.writeUInt16BE(2, 10);
      return twice;
    }),
  ],
  'an OPT among the answers': [
    'found',
    tail(2, Buffer.concat([OPT, exchange(2, 0x6d, 0x78, 0xc0, 12)])),
  ],
  SERVFAIL: ['not known', code(2).mx],
  REFUSED: ['not known', code(5).mx],
  NOTIMP: ['not known', code(4).mx],
  'FORMERR, with EDNS and without': ['not known', code(1).mx],
  'a code without a name': ['not known', code(12).mx],
  'SERVFAIL with records': ['not known', code(2, [mx('mx.example.org')]).mx],
  NXDOMAIN: ['no mail', code(3).mx],
  'NXDOMAIN with records': ['not known', code(3, [mx('mx.example.org')]).mx],
  'NXDOMAIN of the mail host': ['no mail', code(3).a],
  'SERVFAIL for the mail host': ['not known', code(2).a],
  'REFUSED for the mail host': ['not known', code(5).a],
  'FORMERR where EDNS is asked for': [
    'found',
    ({ query, reply }) =>
      reply(
        (query.additionals ?? []).length > 0
          ? answer(query, [], { rcode: 1 })
          : answer(query, HONEST[asked(query)] ?? []),
      ),
  ],
  'BADVERS where EDNS is asked for': [
    'found',
    ({ query, reply }) => {
      if ((query.additionals ?? []).length === 0)
        return reply(answer(query, HONEST[asked(query)] ?? []));
      const refused = Buffer.concat([answer(query), Buffer.from(OPT)]);
      refused.writeUInt16BE(1, 10);
      refused[refused.length - 6] = 1;
      return reply(refused);
    },
  ],
  'a referral': [
    'not known',
    says(MX, (query) => {
      const lame = answer(query, [], {
        authorities: [{ type: 'NS', name: 'org', ttl: 60, data: 'a.nic.example' }],
      });
      // Neither authoritative nor recursive.
      lame.writeUInt16BE(lame.readUInt16BE(2) & ~0x0080, 2);
      return lame;
    }),
  ],
  'a query in place of an answer': [
    'found',
    says(MX, (query, honest) => [dnsPacket.encode({ ...query, type: 'query' }), honest]),
  ],
  'a wrong id before the right one': [
    'found',
    says(MX, (query, honest) => [
      answer({ ...query, id: ((query.id ?? 0) + 1) % 65_536 }, [mx('evil.example.net')]),
      honest,
    ]),
  ],
  'another question before the right one': [
    'found',
    says(MX, (query, honest) => [
      answer({ ...query, questions: [{ type: 'MX', name: 'example.net' }] }, [
        mx('evil.example.net', 1, 'example.net'),
      ]),
      honest,
    ]),
  ],
  'an answer from another port alone': [
    'not known',
    except(MX, ({ query, client }) => {
      const forger = createSocket('udp4');
      forger.send(answer(query, [mx('evil.example.net')]), client.port, client.address, () =>
        forger.close(),
      );
    }),
  ],
  'no answer': ['not known', except(MX, () => {})],
  'no answer about the mail host': ['not known', except(A, () => {})],
  'an empty datagram': ['not known', says(MX, () => Buffer.alloc(0))],
  noise: ['not known', says(MX, () => Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'))],
  'a mapped IPv6 address': [
    'found',
    zone({ [A]: [], 'AAAA mx.example.org': [aaaa('::ffff:192.0.2.1')] }),
  ],
  'the same address mapped and not': [
    'found',
    zone({ 'AAAA mx.example.org': [aaaa('::ffff:192.0.2.1')] }),
  ],
  '300 addresses': [
    'found',
    zone({
      [A]: [a('192.0.2.1'), ...Array.from({ length: 299 }, (_, n) => a(`198.51.100.${n % 256}`))],
    }),
  ],
};

/** Over TCP, after an answer over UDP that is truncated. */
const STREAMS: Readonly<Record<string, readonly [Outcome, Parameters<typeof tcpServer>[0]]>> = {
  'the whole answer': ['found', ({ query, reply }) => reply(answer(query, HONEST[MX] ?? []))],
  'the answer, byte by byte': [
    'found',
    async ({ query, socket }) => {
      for (const byte of framed(answer(query, HONEST[MX] ?? []))) {
        socket.write(Buffer.from([byte]));
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
    },
  ],
  'an empty frame, then the answer': [
    'found',
    ({ query, socket }) =>
      socket.write(Buffer.concat([Buffer.from([0, 0]), framed(answer(query, HONEST[MX] ?? []))])),
  ],
  'empty frames': ['not known', ({ socket }) => socket.write(Buffer.alloc(9000))],
  'a length beyond what comes': [
    'not known',
    ({ socket }) => socket.end(Buffer.from([0xff, 0xff, 1, 2, 3])),
  ],
  'a length beyond what comes, and no end': [
    'not known',
    ({ socket }) => socket.write(Buffer.from([0xff, 0xff, 1])),
  ],
  'a drip without an end': [
    'not known',
    ({ socket }) => {
      const drip = setInterval(
        () => (socket.destroyed ? clearInterval(drip) : socket.write(Buffer.from([0xff]))),
        20,
      );
    },
  ],
  'truncated as well': [
    'not known',
    ({ query, reply }) => reply(answer(query, [], { flags: 0x0200 })),
  ],
  'an end of the connection': ['not known', ({ socket }) => socket.end()],
  'a reset': ['not known', ({ socket }) => socket.resetAndDestroy()],
  SERVFAIL: ['not known', ({ query, reply }) => reply(answer(query, [], { rcode: 2 }))],
};

const truncated = (query: DecodedPacket) =>
  answer(query, [], { flags: dnsPacket.TRUNCATED_RESPONSE });

/** Over TCP nobody sends a datagram back. */
const NOBODY = { address: '127.0.0.1', family: 'IPv4', port: 9, size: 0 } as const;

/** What UDP carries of an answer: all of it, or that it is too long. */
function fitting(query: DecodedPacket, bytes: Buffer): Buffer {
  return bytes.length > 1232 ? truncated(query) : bytes;
}

async function probed(port: number): Promise<ProbeResult> {
  const clock = createVirtualClock();
  const random = createVirtualRandom(1);
  const hosts = [{ address: '192.0.2.1', name: 'mx.example.org', behaviour: acceptsAll() }];
  const { locate } = realPorts(`127.0.0.1:${port}`);
  const dialer = createVirtualDialer({ clock, random, hosts });
  const state = await startRun('run', request(), { clock, random, dialer, locate });
  return buildResult(state, '0');
}

/** What an outcome is in a result, in the words that scripts read. */
const EXPECTED: Readonly<
  Record<Outcome, readonly [kind: string, confidence: string, exit: number]>
> = {
  found: ['accepted', 'likely', 0],
  'not known': ['unreachable', 'possible', 5],
  'no mail': ['no-mail-service', 'confirmed', 4],
  circle: ['unreachable', 'confirmed', 5],
};

function expectOutcome(result: ProbeResult, outcome: Outcome, what: string): void {
  const { kind, confidence, summary } = result.verdict;
  expect([kind, confidence, exitCodeOf(result)], `${what}: ${summary}`).to.deep.equal(
    EXPECTED[outcome],
  );
  // What names hold can come back in every sentence.
  expect(JSON.stringify([summary, result.mailHosts, result.warnings]), what).to.match(
    /^[\x20-\x7e§]*$/u,
  );
}

describe('a hostile DNS', () => {
  afterEach(closeServers);

  it(`is told from a domain without mail: ${Object.keys(CASES).length} answers`, async () => {
    const cases = Object.entries(CASES).map(async ([what, [outcome, serve]]) => {
      const port = await udpServer(({ query, reply, ...exchange }) =>
        serve({ ...exchange, query, reply: (bytes) => reply(fitting(query, bytes)) }),
      );
      await tcpServer(({ query, reply }) => serve({ query, reply, client: NOBODY }), port);
      return { what, outcome, result: await probed(port) };
    });
    for (const { what, outcome, result } of await Promise.all(cases)) {
      expectOutcome(result, outcome, what);
    }
  }).timeout(60_000);

  it(`is told from it over TCP as well: ${Object.keys(STREAMS).length} answers`, async () => {
    const cases = Object.entries(STREAMS).map(async ([what, [outcome, serve]]) => {
      const port = await udpServer(says(MX, truncated));
      await tcpServer(serve, port);
      return { what, outcome, result: await probed(port) };
    });
    for (const { what, outcome, result } of await Promise.all(cases)) {
      expectOutcome(result, outcome, what);
    }
  }).timeout(60_000);

  it('is measured once where an address stands there in two ways', async () => {
    const port = await udpServer(zone({ 'AAAA mx.example.org': [aaaa('::ffff:192.0.2.1')] }));
    const { mailHosts } = await probed(port);
    expect(mailHosts.map(({ addresses }) => addresses)).to.deep.equal([['192.0.2.1']]);
  });
});
