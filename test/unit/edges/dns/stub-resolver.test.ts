import { createSocket } from 'node:dgram';
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'chai';
import dnsPacket, { type Answer } from 'dns-packet';
import type { DnsResponse } from '../../../../src/edges/dns/response.js';
import { type DnsServer, openServer } from '../../../../src/edges/dns/server.js';
import { type StubLimits, StubResolver } from '../../../../src/edges/dns/stub-resolver.js';
import { GreyprobeError } from '../../../../src/model/errors.js';
import type { Resolver } from '../../../../src/model/ports/resolver.js';
import { parseResolverEndpoint } from '../../../../src/model/values/endpoint.js';
import { CERTIFICATE } from './support/certificate.js';
import {
  answer,
  asked,
  closedPort,
  closeServers,
  framed,
  httpsServer,
  LOOPBACK,
  plainServer,
  tcpServer,
  tlsServer,
  udpServer,
} from './support/servers.js';
import { ZoneResolver } from './support/zone.js';

const QUICK: StubLimits = { tryMs: 120, rounds: 2, totalMs: 1000, concurrency: 16 };
/** For tests in which nothing must time out, even on a busy machine. */
const PATIENT: StubLimits = { ...QUICK, tryMs: 4000, totalMs: 8000 };

function resolverFor(
  endpoints: string | readonly string[],
  limits: StubLimits = PATIENT,
  ca: string | undefined = CERTIFICATE,
): Resolver {
  const list = typeof endpoints === 'string' ? [endpoints] : endpoints;
  return new StubResolver(
    list.map((one) => openServer(parseResolverEndpoint(one), { ca })),
    limits,
  );
}

const a = (name: string, data: string, ttl = 60): Answer => ({ type: 'A', name, ttl, data });
const cname = (name: string, data: string, ttl = 60): Answer => ({
  type: 'CNAME',
  name,
  ttl,
  data,
});
const mx = (name: string, preference: number, exchange: string, ttl = 60): Answer => ({
  type: 'MX',
  name,
  ttl,
  data: { preference, exchange },
});
const soa = (name: string): Answer => ({
  type: 'SOA',
  name,
  ttl: 60,
  data: { mname: name, rname: name, serial: 1, refresh: 1, retry: 1, expire: 1, minimum: 1 },
});
const RIGHT = a('example.org', '192.0.2.1');
const FORGED = a('example.org', '192.0.2.66');

/** Adds an OPT record (RFC 6891 §6.1.2) with one option, of kinds that dns-packet cannot encode. */
function withEdnsOption(message: Buffer, code: number, data: Buffer): Buffer {
  const opt = Buffer.from([
    0,
    0,
    41,
    4,
    208,
    0,
    0,
    0,
    0,
    0,
    data.length + 4,
    0,
    code,
    0,
    data.length,
  ]);
  const extended = Buffer.concat([message, opt, data]);
  extended.writeUInt16BE(1, 10);
  return extended;
}

/** An answer that is an alias and no more. */
function aliasOf(owner: string, text: string): DnsResponse {
  return {
    responseCode: 'NOERROR',
    truncated: false,
    authenticated: false,
    referral: false,
    records: [{ type: 'CNAME', owner, ttlSeconds: 60, text }],
    explanation: null,
  };
}

async function failureOf(work: Promise<unknown>): Promise<GreyprobeError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof GreyprobeError) return error;
    throw error;
  }
  throw new Error('expected a failure');
}

const dataOf = async (resolver: Resolver) => (await resolver.text('example.org', 'A')).data;

describe('the stub resolver', () => {
  afterEach(closeServers);

  describe('reads', () => {
    it('MX records, with names in lower case and the smallest TTL', async () => {
      const port = await udpServer(({ query, reply }) =>
        reply(
          answer(
            query,
            [mx('example.org', 10, 'MX.Example.ORG', 300), mx('example.org', 20, '.', 60)],
            {
              flags: dnsPacket.AUTHENTIC_DATA,
            },
          ),
        ),
      );
      expect(await resolverFor(`127.0.0.1:${port}`).mx('Example.org')).to.deep.equal({
        status: 'ok',
        canonicalName: 'example.org',
        data: [
          { preference: 10, exchange: 'mx.example.org' },
          { preference: 20, exchange: '' },
        ],
        ttlSeconds: 60,
        authenticated: true,
      });
    });

    it('TXT records, strings joined', async () => {
      const port = await udpServer(({ query, reply }) =>
        reply(answer(query, [{ type: 'TXT', name: 'example.org', data: ['v=spf1 ', '-all'] }])),
      );
      const { data } = await resolverFor(`127.0.0.1:${port}`).text('example.org', 'TXT');
      expect(data).to.deep.equal(['v=spf1 -all']);
    });

    it('AAAA and PTR records', async () => {
      const port = await udpServer(({ query, reply }) =>
        reply(
          answer(
            query,
            asked(query).startsWith('AAAA')
              ? [{ type: 'AAAA', name: 'example.org', data: '2001:db8::1' }]
              : [{ type: 'PTR', name: 'example.org', data: 'Host.Example.org' }],
          ),
        ),
      );
      const resolver = resolverFor(`127.0.0.1:${port}`);
      expect((await resolver.text('example.org', 'AAAA')).data).to.deep.equal(['2001:db8::1']);
      expect((await resolver.text('example.org', 'PTR')).data).to.deep.equal(['host.example.org']);
    });

    it('no data and no such domain apart', async () => {
      const port = await udpServer(({ query, reply }) =>
        reply(
          answer(query, [], {
            rcode: asked(query).includes('gone') ? 3 : 0,
            authorities: [soa('example.org')],
          }),
        ),
      );
      const resolver = resolverFor(`127.0.0.1:${port}`);
      expect((await resolver.mx('example.org')).status).to.equal('no-data');
      expect((await resolver.mx('gone.example.org')).status).to.equal('no-such-domain');
    });

    it('only records of the name and class that were asked for', async () => {
      const port = await udpServer(({ query, reply }) =>
        reply(
          answer(query, [
            a('other.example', '192.0.2.66'),
            { type: 'A', name: 'example.org', class: 'CH', data: '192.0.2.66' },
            RIGHT,
          ]),
        ),
      );
      expect(await dataOf(resolverFor(`127.0.0.1:${port}`))).to.deep.equal(['192.0.2.1']);
    });
  });

  describe('asks', () => {
    it('with recursion, the AD bit and EDNS of 1232 bytes', async () => {
      let seen: dnsPacket.DecodedPacket | null = null;
      const port = await udpServer(({ query, reply }) => {
        seen = query;
        reply(answer(query, [RIGHT]));
      });
      await dataOf(resolverFor(`127.0.0.1:${port}`));
      expect(seen).to.deep.include({ type: 'query', flag_rd: true, flag_ad: true, flag_cd: false });
      expect(seen).to.have.nested.property('additionals[0].type', 'OPT');
      expect(seen).to.have.nested.property('additionals[0].udpPayloadSize', 1232);
      expect(seen).to.have.nested.property('questions.length', 1);
    });

    it('with a new id and a new port each time', async () => {
      const ids = new Set<number | undefined>();
      const ports = new Set<number>();
      const port = await udpServer(({ query, client, reply }) => {
        ids.add(query.id);
        ports.add(client.port);
        reply(answer(query, [RIGHT]));
      });
      const resolver = resolverFor(`127.0.0.1:${port}`);
      for (let n = 0; n < 12; n += 1) await dataOf(resolver);
      // Twelve draws out of 65536 or 28232: a pair may meet by chance, a constant may not.
      expect(ids.size).to.be.at.least(10);
      expect(ports.size).to.be.at.least(10);
    });

    it('again without EDNS when the server is from before it', async () => {
      const withEdns: boolean[] = [];
      const port = await udpServer(({ query, reply }) => {
        const edns = (query.additionals ?? []).length > 0;
        withEdns.push(edns);
        const error = dnsPacket.encode({ type: 'response', id: query.id, flags: 1 });
        reply(edns ? error : answer(query, [RIGHT]));
      });
      const resolver = resolverFor(`127.0.0.1:${port}`);
      expect(await dataOf(resolver)).to.deep.equal(['192.0.2.1']);
      expect(await dataOf(resolver)).to.deep.equal(['192.0.2.1']);
      expect(withEdns).to.deep.equal([true, false, false]);
    });

    it('an IPv6 server', async function () {
      const socket = createSocket('udp6');
      const bound = await new Promise<boolean>((resolve) => {
        socket.once('error', () => resolve(false));
        socket.bind(0, '::1', () => resolve(true));
      });
      // A machine without IPv6 has no ::1 to test against.
      if (!bound) return this.skip();
      socket.on('message', (bytes, from) =>
        socket.send(answer(dnsPacket.decode(bytes), [RIGHT]), from.port, from.address),
      );
      const { port } = socket.address();
      const data = await dataOf(resolverFor(`[0:0:0:0:0:0:0:1]:${port}`));
      socket.close();
      expect(data).to.deep.equal(['192.0.2.1']);
    });
  });

  describe('passes over, and still takes the right answer after', () => {
    const strays: Record<string, (query: dnsPacket.DecodedPacket, bytes: Buffer) => Buffer> = {
      'a wrong id': (query) => answer({ ...query, id: ((query.id ?? 0) + 1) & 0xffff }, [FORGED]),
      'another name': (query) =>
        answer({ ...query, questions: [{ type: 'A', name: 'example.net' }] }, [FORGED]),
      'another type': (query) =>
        answer({ ...query, questions: [{ type: 'AAAA', name: 'example.org' }] }, [FORGED]),
      'another class': (query) =>
        answer({ ...query, questions: [{ type: 'A', name: 'example.org', class: 'CH' }] }, [
          FORGED,
        ]),
      'two questions': (query) =>
        answer({ ...query, questions: [...(query.questions ?? []), ...(query.questions ?? [])] }),
      'no question': (query) => answer({ ...query, questions: [] }, [FORGED]),
      'its own query': (_, bytes) => bytes,
      'an empty datagram': () => Buffer.alloc(0),
      'less than a header': () => Buffer.from([1, 2, 3]),
      noise: () => Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'),
    };
    for (const [what, stray] of Object.entries(strays)) {
      it(what, async () => {
        const port = await udpServer(({ query, bytes, reply }) => {
          reply(stray(query, bytes));
          reply(answer(query, [RIGHT]));
        });
        expect(await dataOf(resolverFor(`127.0.0.1:${port}`))).to.deep.equal(['192.0.2.1']);
      });
    }

    it('an answer from another port', async () => {
      const forger = createSocket('udp4');
      const port = await udpServer(({ query, client, reply }) => {
        forger.send(answer(query, [FORGED]), client.port, client.address, () =>
          reply(answer(query, [RIGHT])),
        );
      });
      const data = await dataOf(resolverFor(`127.0.0.1:${port}`));
      forger.close();
      expect(data).to.deep.equal(['192.0.2.1']);
    });

    it('an answer from another address', async () => {
      const forger = createSocket('udp4');
      await new Promise<void>((resolve) => forger.bind(0, '127.0.0.2', resolve));
      const port = await udpServer(({ query, client, reply }) => {
        forger.send(answer(query, [FORGED]), client.port, client.address, () =>
          reply(answer(query, [RIGHT])),
        );
      });
      const data = await dataOf(resolverFor(`127.0.0.1:${port}`));
      forger.close();
      expect(data).to.deep.equal(['192.0.2.1']);
    });

    it('a question in other letters is the same question', async () => {
      const port = await udpServer(({ query, reply }) =>
        reply(answer({ ...query, questions: [{ type: 'A', name: 'EXAMPLE.org' }] }, [RIGHT])),
      );
      expect(await dataOf(resolverFor(`127.0.0.1:${port}`))).to.deep.equal(['192.0.2.1']);
    });
  });

  describe('follows aliases', () => {
    it('within one answer, in any order', async () => {
      const port = await udpServer(({ query, reply }) =>
        reply(
          answer(query, [
            a('c.example.org', '192.0.2.1', 30),
            cname('b.example.org', 'C.example.org', 20),
            cname('example.org', 'b.example.org', 40),
          ]),
        ),
      );
      expect(await resolverFor(`127.0.0.1:${port}`).text('example.org', 'A')).to.deep.include({
        status: 'ok',
        canonicalName: 'c.example.org',
        data: ['192.0.2.1'],
        ttlSeconds: 20,
      });
    });

    it('by further queries where the answer stops short', async () => {
      const questions: string[] = [];
      const port = await udpServer(({ query, reply }) => {
        questions.push(asked(query));
        reply(
          answer(
            query,
            asked(query) === 'A example.org'
              ? [cname('example.org', 'b.example.org')]
              : [a('b.example.org', '192.0.2.1')],
          ),
        );
      });
      expect(await dataOf(resolverFor(`127.0.0.1:${port}`))).to.deep.equal(['192.0.2.1']);
      expect(questions).to.deep.equal(['A example.org', 'A b.example.org']);
    });

    it('to a name without data, or to one that does not exist', async () => {
      const port = await udpServer(({ query, reply }) => {
        const target = asked(query).startsWith('A ') ? 'empty.example.org' : 'gone.example.org';
        const alias = asked(query).endsWith(' example.org') ? [cname('example.org', target)] : [];
        reply(answer(query, alias, { rcode: target === 'gone.example.org' ? 3 : 0 }));
      });
      const resolver = resolverFor(`127.0.0.1:${port}`);
      expect(await resolver.text('example.org', 'A')).to.include({
        status: 'no-data',
        canonicalName: 'empty.example.org',
      });
      expect(await resolver.mx('example.org')).to.include({
        status: 'no-such-domain',
        canonicalName: 'gone.example.org',
      });
    });

    it('but not when the alias itself is asked for', async () => {
      const port = await udpServer(({ query, reply }) =>
        reply(answer(query, [cname('example.org', 'b.example.org')])),
      );
      const { data } = await resolverFor(`127.0.0.1:${port}`).text('example.org', 'CNAME');
      expect(data).to.deep.equal(['b.example.org']);
    });

    it('and sees a circle, in one answer or in several', async () => {
      const whole = await udpServer(({ query, reply }) =>
        reply(
          answer(query, [
            cname('example.org', 'b.example.org'),
            cname('b.example.org', 'example.org'),
          ]),
        ),
      );
      const pieces = await udpServer(({ query, reply }) => {
        const name = query.questions?.[0]?.name ?? '';
        reply(
          answer(query, [cname(name, name === 'example.org' ? 'b.example.org' : 'example.org')]),
        );
      });
      for (const port of [whole, pieces]) {
        const error = await failureOf(dataOf(resolverFor(`127.0.0.1:${port}`)));
        expect(error).to.include({ code: 'dns-loop', exit: 5 });
        expect(error.message).to.equal('The aliases (CNAME) of example.org go in a circle.');
      }
    });

    it('but not for ever', async () => {
      let questions = 0;
      const port = await udpServer(({ query, reply }) => {
        questions += 1;
        reply(
          answer(query, [cname(query.questions?.[0]?.name ?? '', `n${questions}.example.org`)]),
        );
      });
      const error = await failureOf(dataOf(resolverFor(`127.0.0.1:${port}`)));
      expect(error.code).to.equal('dns-loop');
      expect(questions).to.equal(17);
    });

    it('to the root or to bytes that no name has: a failure', async () => {
      for (const target of [
        '.',
        'a b.example.org',
        'caf\u00e9.example.org',
        '\u001b[2J.example.org',
      ]) {
        const port = await udpServer(({ query, reply }) =>
          reply(answer(query, [cname('example.org', target)])),
        );
        const error = await failureOf(dataOf(resolverFor(`127.0.0.1:${port}`)));
        expect(error).to.include({ code: 'dns-failure', exit: 5 });
        expect(error.message).to.match(/^example\.org is an alias \(CNAME\) of [\x20-\x7e]+$/u);
      }
    });

    it('within the time for one question, however many there are', async () => {
      let questions = 0;
      const dealer: DnsServer = {
        label: '192.0.2.53:53',
        ask: async (name) => {
          questions += 1;
          await delay(60);
          return aliasOf(name, `n.${name}`);
        },
      };
      const resolver = new StubResolver([dealer], { ...PATIENT, totalMs: 150 });
      const error = await failureOf(dataOf(resolver));
      expect(error).to.include({ code: 'dns-timeout', exit: 5 });
      expect(error.message).to.equal(
        'The DNS server 192.0.2.53:53 gave no full answer within 0.15 s.',
      );
      expect(questions).to.be.at.most(3);
    });
  });

  describe('over UDP, tells', () => {
    it('silence, naming the server', async () => {
      const port = await udpServer(() => {});
      const error = await failureOf(dataOf(resolverFor(`127.0.0.1:${port}`, QUICK)));
      expect(error).to.include({ code: 'dns-timeout', exit: 5 });
      expect(error.message).to.equal(
        `The DNS server 127.0.0.1:${port} did not answer within 0.12 s (2 tries).`,
      );
      expect(error.suggestions.join(' ')).to.contain('--resolver');
    });

    it('that a lost datagram was sent again', async () => {
      let queries = 0;
      const port = await udpServer(({ query, reply }) => {
        queries += 1;
        if (queries > 1) reply(answer(query, [RIGHT]));
      });
      expect(
        await dataOf(resolverFor(`127.0.0.1:${port}`, { ...QUICK, totalMs: 5000 })),
      ).to.deep.equal(['192.0.2.1']);
    });

    it('a closed port at once', async () => {
      const port = await closedPort();
      const error = await failureOf(dataOf(resolverFor(`127.0.0.1:${port}`)));
      expect(error.code).to.equal('dns-failure');
      expect(error.message).to.equal(`The DNS server 127.0.0.1:${port} refused the connection.`);
    });

    it('a server failure with its reason', async () => {
      // Extended DNS error 6, with an escape sequence in its text (RFC 8914).
      const explanation = Buffer.from('\x00\x06no \x1b[31mkey', 'latin1');
      const port = await udpServer(({ query, reply }) =>
        reply(withEdnsOption(answer(query, [], { rcode: 2 }), 15, explanation)),
      );
      const error = await failureOf(resolverFor(`127.0.0.1:${port}`).mx('example.org'));
      expect(error).to.include({ code: 'dns-failure', exit: 5 });
      expect(error.message).to.equal(
        `The DNS server 127.0.0.1:${port} answered SERVFAIL for example.org MX (DNSSEC bogus: no ?[31mkey).`,
      );
    });

    it('a refusal', async () => {
      const port = await udpServer(({ query, reply }) => reply(answer(query, [], { rcode: 5 })));
      const error = await failureOf(dataOf(resolverFor(`127.0.0.1:${port}`)));
      expect(error.message).to.equal(
        `The DNS server 127.0.0.1:${port} answered REFUSED for example.org A.`,
      );
    });

    it('a referral, which is no answer', async () => {
      const port = await udpServer(({ query, reply }) =>
        reply(
          dnsPacket.encode({
            type: 'response',
            id: query.id,
            questions: query.questions,
            authorities: [{ type: 'NS', name: 'org', ttl: 60, data: 'ns.example' }],
          }),
        ),
      );
      const error = await failureOf(dataOf(resolverFor(`127.0.0.1:${port}`)));
      expect(error.code).to.equal('dns-failure');
      expect(error.message).to.contain('does not resolve names for others');
    });

    it('that it was told to stop', async () => {
      const port = await udpServer(() => {});
      const reason = new Error('enough');
      const controller = new AbortController();
      const work = resolverFor(`127.0.0.1:${port}`).mx('example.org', controller.signal);
      setImmediate(() => controller.abort(reason));
      expect(await work.catch((error: unknown) => error)).to.equal(reason);
    });
  });

  describe('over UDP, fails on a broken answer', () => {
    function broken(tail: (query: dnsPacket.DecodedPacket) => { count: number; bytes: Buffer }) {
      return ({
        query,
        reply,
      }: {
        query: dnsPacket.DecodedPacket;
        reply: (bytes: Buffer) => void;
      }) => {
        const head = answer(query);
        const { count, bytes } = tail(query);
        head.writeUInt16BE(count, 6);
        reply(Buffer.concat([head, bytes]));
      };
    }
    // The question `example.org` ends at 12 + 13 + 4 = 29: there the first record begins.
    const FIRST_RECORD = 29;
    const pointer = (offset: number) => Buffer.from([0xc0, offset]);
    const fixed = (type: number, length: number) =>
      Buffer.from([0, type, 0, 1, 0, 0, 0, 60, length >> 8, length & 0xff]);
    const cases: Record<string, { count: number; bytes: Buffer; reason: string }> = {
      'a name that points at itself': {
        reason: 'a record cannot be decoded',
        count: 1,
        bytes: Buffer.concat([pointer(FIRST_RECORD), fixed(1, 4), Buffer.from([192, 0, 2, 1])]),
      },
      'a name that points ahead': {
        reason: 'a record cannot be decoded',
        count: 1,
        bytes: Buffer.concat([
          pointer(FIRST_RECORD + 12),
          fixed(1, 4),
          Buffer.from([0xc0, 29, 0, 0]),
        ]),
      },
      'an exchange that points at itself': {
        reason: 'a record cannot be decoded',
        count: 1,
        bytes: Buffer.concat([
          pointer(12),
          fixed(15, 4),
          Buffer.from([0, 10]),
          pointer(FIRST_RECORD + 14),
        ]),
      },
      'a record that is cut off': {
        reason: 'a record is cut off',
        count: 1,
        bytes: Buffer.concat([pointer(12), fixed(1, 400), Buffer.from([192, 0])]),
      },
      'fewer records than promised': {
        reason: 'a name is cut off',
        count: 3,
        bytes: Buffer.alloc(0),
      },
      'more records than can be': {
        reason: 'too many records',
        count: 65_535,
        bytes: Buffer.alloc(800),
      },
      'an address of three bytes': {
        reason: 'the length of a record is wrong',
        count: 1,
        bytes: Buffer.concat([pointer(12), fixed(1, 3), Buffer.from([192, 0, 2])]),
      },
      'a label of unknown kind': {
        reason: 'a name has a label of unknown kind',
        count: 1,
        bytes: Buffer.from([0x80, 1, 2, 3]),
      },
      'text that runs over its record': {
        reason: 'a record cannot be decoded',
        count: 1,
        bytes: Buffer.concat([pointer(12), fixed(16, 2), Buffer.from([200, 65])]),
      },
    };
    for (const [what, tail] of Object.entries(cases)) {
      it(what, async () => {
        const port = await udpServer(broken(() => tail));
        const error = await failureOf(dataOf(resolverFor(`127.0.0.1:${port}`)));
        expect(error).to.include({ code: 'dns-failure', exit: 5 });
        expect(error.message).to.equal(
          `The DNS server 127.0.0.1:${port} sent an answer that cannot be read (${tail.reason}).`,
        );
      });
    }
  });

  describe('with several servers', () => {
    it('asks the next when one fails or keeps silent', async () => {
      const silent = await udpServer(() => {});
      const failing = await udpServer(({ query, reply }) => reply(answer(query, [], { rcode: 2 })));
      const good = await udpServer(({ query, reply }) => reply(answer(query, [RIGHT])));
      const resolver = resolverFor(
        [silent, failing, good].map((port) => `127.0.0.1:${port}`),
        { ...QUICK, totalMs: 5000 },
      );
      expect(await dataOf(resolver)).to.deep.equal(['192.0.2.1']);
    });

    it('asks a failing one once and a silent one twice, and tells of both', async () => {
      const questions = { silent: 0, failing: 0 };
      const silent = await udpServer(() => {
        questions.silent += 1;
      });
      const failing = await udpServer(({ query, reply }) => {
        questions.failing += 1;
        reply(answer(query, [], { rcode: 2 }));
      });
      const resolver = resolverFor([`127.0.0.1:${silent}`, `127.0.0.1:${failing}`], QUICK);
      const error = await failureOf(dataOf(resolver));
      expect(questions).to.deep.equal({ silent: 2, failing: 1 });
      expect(error.code).to.equal('dns-failure');
      expect(error.message).to.equal(
        `No DNS server gave an answer: 127.0.0.1:${silent} did not answer within 0.12 s (2 tries); ` +
          `127.0.0.1:${failing} answered SERVFAIL for example.org A.`,
      );
    });

    it('asks one that kept silent last from then on', async () => {
      let questions = 0;
      const silent = await udpServer(() => {
        questions += 1;
      });
      const good = await udpServer(({ query, reply }) => reply(answer(query, [RIGHT])));
      const resolver = resolverFor([`127.0.0.1:${silent}`, `127.0.0.1:${good}`], {
        ...QUICK,
        totalMs: 5000,
      });
      for (let n = 0; n < 3; n += 1) await dataOf(resolver);
      expect(questions).to.equal(1);
    });

    it('ends when the time for all of them is up', async () => {
      const ports = [await udpServer(() => {}), await udpServer(() => {})];
      const resolver = resolverFor(
        ports.map((port) => `127.0.0.1:${port}`),
        { tryMs: 60_000, rounds: 2, totalMs: 150, concurrency: 16 },
      );
      expect((await failureOf(dataOf(resolver))).code).to.equal('dns-timeout');
    });

    it('says so when there is none', async () => {
      const error = await failureOf(dataOf(resolverFor([])));
      expect(error.message).to.equal('This system has no DNS server configured.');
    });

    it('keeps to its number of questions at a time', async () => {
      let now = 0;
      let most = 0;
      const port = await udpServer(({ query, reply }) => {
        now += 1;
        most = Math.max(most, now);
        setTimeout(() => {
          now -= 1;
          reply(answer(query, [RIGHT]));
        }, 10);
      });
      const resolver = resolverFor(`127.0.0.1:${port}`, { ...PATIENT, concurrency: 3 });
      await Promise.all(Array.from({ length: 10 }, () => dataOf(resolver)));
      expect(most).to.equal(3);
    });
  });

  describe('over TCP', () => {
    it('asks again when the answer over UDP was truncated', async () => {
      const port = await tcpServer(({ query, reply }) =>
        reply(answer(query, [RIGHT, a('example.org', '192.0.2.2')])),
      );
      await udpServer(
        ({ query, reply }) =>
          reply(answer(query, [FORGED], { flags: dnsPacket.TRUNCATED_RESPONSE })),
        port,
      );
      expect(await dataOf(resolverFor(`127.0.0.1:${port}`))).to.deep.equal([
        '192.0.2.1',
        '192.0.2.2',
      ]);
    });

    it('tells that TCP fails where UDP truncates', async () => {
      const port = await udpServer(({ query, reply }) =>
        reply(answer(query, [], { flags: dnsPacket.TRUNCATED_RESPONSE })),
      );
      const error = await failureOf(dataOf(resolverFor(`127.0.0.1:${port}`)));
      expect(error.message).to.equal(
        `The DNS server 127.0.0.1:${port} truncated its answer over UDP, and over TCP it refused the connection.`,
      );
    });

    it('takes an answer in pieces, and a large one', async () => {
      const many = Array.from({ length: 900 }, (_, n) =>
        a('example.org', `192.0.${2 + (n >> 8)}.${n & 255}`),
      );
      const port = await tcpServer(({ query, socket }) => {
        const whole = framed(answer(query, many));
        socket.write(whole.subarray(0, 1));
        setImmediate(() => {
          socket.write(whole.subarray(1, 20));
          setImmediate(() => socket.write(whole.subarray(20)));
        });
      });
      expect(await dataOf(resolverFor(`tcp://127.0.0.1:${port}`))).to.have.length(900);
    });

    it('passes over an answer to another question', async () => {
      const port = await tcpServer(({ query, reply }) => {
        reply(answer({ ...query, id: ((query.id ?? 0) + 1) & 0xffff }, [FORGED]));
        reply(answer(query, [RIGHT]));
      });
      expect(await dataOf(resolverFor(`tcp://127.0.0.1:${port}`))).to.deep.equal(['192.0.2.1']);
    });

    const hostile: Record<string, [Parameters<typeof tcpServer>[0], RegExp]> = {
      'closes at once': [({ socket }) => socket.end(), /closed the connection before it answered/u],
      resets: [
        ({ socket }) => socket.resetAndDestroy(),
        /closed the connection before it answered/u,
      ],
      'closes in the middle of an answer': [
        ({ query, socket }) => socket.end(framed(answer(query, [RIGHT])).subarray(0, 20)),
        /closed the connection before it answered/u,
      ],
      'talks without answering': [
        ({ query, reply }) => {
          for (let n = 0; n < 40; n += 1)
            reply(answer({ ...query, id: 1 + ((query.id ?? 0) % 65_535) }));
        },
        /sent answers that do not fit the question/u,
      ],
      'sends empty messages': [
        ({ socket }) => socket.write(Buffer.alloc(4096)),
        /sent answers that do not fit the question/u,
      ],
      truncates: [
        ({ query, reply }) => reply(answer(query, [], { flags: dnsPacket.TRUNCATED_RESPONSE })),
        /truncates its answers over TCP/u,
      ],
    };
    for (const [what, [serve, says]] of Object.entries(hostile)) {
      it(`fails when the server ${what}`, async () => {
        const port = await tcpServer(serve);
        const error = await failureOf(dataOf(resolverFor(`tcp://127.0.0.1:${port}`)));
        expect(error).to.include({ code: 'dns-failure', exit: 5 });
        expect(error.message).to.match(says);
      });
    }

    it('gives up on silence, before and in the middle of an answer', async () => {
      const silent = await tcpServer(() => {});
      const stuck = await tcpServer(({ socket }) => socket.write(Buffer.from([0xff, 0xff, 0, 0])));
      for (const port of [silent, stuck]) {
        const error = await failureOf(dataOf(resolverFor(`tcp://127.0.0.1:${port}`, QUICK)));
        expect(error.code).to.equal('dns-timeout');
      }
    });

    it('tells of a closed port', async () => {
      const port = await closedPort();
      const error = await failureOf(dataOf(resolverFor(`tcp://127.0.0.1:${port}`)));
      expect(error.message).to.equal(
        `The DNS server tcp://127.0.0.1:${port} refused the connection.`,
      );
    });
  });

  describe('over TLS', () => {
    it('asks by address and by name', async () => {
      const port = await tlsServer(({ query, reply }) => reply(answer(query, [RIGHT])));
      for (const host of [LOOPBACK, 'localhost']) {
        expect(await dataOf(resolverFor(`tls://${host}:${port}`))).to.deep.equal(['192.0.2.1']);
      }
    });

    it('does not trust a certificate that does not verify', async () => {
      let queries = 0;
      const port = await tlsServer(({ query, reply }) => {
        queries += 1;
        reply(answer(query, [RIGHT]));
      });
      const resolver = new StubResolver(
        [openServer(parseResolverEndpoint(`tls://127.0.0.1:${port}`))],
        PATIENT,
      );
      const error = await failureOf(dataOf(resolver));
      expect(error).to.include({ code: 'dns-failure', exit: 5 });
      expect(error.message).to.match(/has a certificate that does not verify/u);
      expect(queries).to.equal(0);
    });

    it('asks for the name of the server where the system would', async () => {
      const port = await tlsServer(({ query, reply }) => reply(answer(query, [RIGHT])));
      const names = new ZoneResolver({ 'dns.example': { A: [LOOPBACK] } });
      const endpoint = parseResolverEndpoint(`tls://dns.example:${port}`);
      const server = openServer(endpoint, { ca: CERTIFICATE, names });
      const error = await failureOf(dataOf(new StubResolver([server], PATIENT)));
      // The certificate names another host: so it was found, by its name.
      expect(error.message).to.match(/ERR_TLS_CERT_ALTNAME_INVALID/u);
      expect(names.calls).to.deep.equal(['A dns.example', 'AAAA dns.example']);
    });

    it('nor one for another host', async () => {
      const other = '127.0.0.2';
      const port = await tlsServer(({ query, reply }) => reply(answer(query, [RIGHT])), other);
      const error = await failureOf(dataOf(resolverFor(`tls://${other}:${port}`)));
      expect(error.message).to.match(/does not verify \(ERR_TLS_CERT_ALTNAME_INVALID\)/u);
    });

    it('tells of a server that does not speak TLS', async () => {
      const port = await plainServer(Buffer.from('220 mail.example ESMTP\r\n'));
      const error = await failureOf(dataOf(resolverFor(`tls://127.0.0.1:${port}`)));
      expect(error).to.include({ code: 'dns-failure', exit: 5 });
      expect(error.message).to.match(/failed in the TLS handshake/u);
    });

    it('gives up on a server that keeps silent in the handshake', async () => {
      const port = await plainServer(Buffer.alloc(0));
      const error = await failureOf(dataOf(resolverFor(`tls://127.0.0.1:${port}`, QUICK)));
      expect(error.code).to.equal('dns-timeout');
    });

    it('fails when the server closes', async () => {
      const port = await tlsServer(({ socket }) => socket.end());
      const error = await failureOf(dataOf(resolverFor(`tls://127.0.0.1:${port}`)));
      expect(error.message).to.match(/closed the connection before it answered/u);
    });
  });

  describe('over HTTPS', () => {
    it('posts a DNS message with id 0', async () => {
      let seen: unknown = null;
      const port = await httpsServer(({ query, headers, method, path }) => {
        seen = {
          id: query.id,
          method,
          path,
          type: headers['content-type'],
          accept: headers['accept'],
        };
        return { body: answer(query, [RIGHT]) };
      });
      expect(await dataOf(resolverFor(`https://127.0.0.1:${port}`))).to.deep.equal(['192.0.2.1']);
      expect(seen).to.deep.equal({
        id: 0,
        method: 'POST',
        path: '/dns-query',
        type: 'application/dns-message',
        accept: 'application/dns-message',
      });
    });

    const hostile: Record<string, [Parameters<typeof httpsServer>[0], RegExp]> = {
      'has no such page': [() => ({ status: 404 }), /answered with HTTP status 404/u],
      redirects: [
        () => ({ status: 302, location: 'https://192.0.2.1/' }),
        /answered with HTTP status 302/u,
      ],
      'sends a web page': [
        () => ({ type: 'text/html; charset=utf-8', body: Buffer.from('<p>') }),
        /something that is not a DNS message/u,
      ],
      'answers another question': [
        ({ query }) => ({
          body: answer({ ...query, questions: [{ type: 'A', name: 'example.net' }] }, [FORGED]),
        }),
        /does not fit the question/u,
      ],
      'sends nothing': [() => ({}), /does not fit the question/u],
      'never stops sending': [() => ({ flood: Buffer.alloc(16_384) }), /more than a DNS message/u],
    };
    for (const [what, [serve, says]] of Object.entries(hostile)) {
      it(`fails when the server ${what}`, async () => {
        const port = await httpsServer(serve);
        const error = await failureOf(dataOf(resolverFor(`https://127.0.0.1:${port}/dns-query`)));
        expect(error).to.include({ code: 'dns-failure', exit: 5 });
        expect(error.message).to.match(says);
      });
    }

    it('gives up on silence', async () => {
      const port = await httpsServer(() => null);
      const error = await failureOf(dataOf(resolverFor(`https://127.0.0.1:${port}`, QUICK)));
      expect(error.code).to.equal('dns-timeout');
    });

    it('tells of a server that does not speak TLS', async () => {
      const port = await plainServer(Buffer.from('220 mail.example ESMTP\r\n'));
      const error = await failureOf(dataOf(resolverFor(`https://127.0.0.1:${port}`)));
      expect(error.message).to.match(/failed in the TLS handshake/u);
    });

    it('does not trust a certificate that does not verify', async () => {
      const port = await httpsServer(({ query }) => ({ body: answer(query, [RIGHT]) }));
      const resolver = new StubResolver(
        [openServer(parseResolverEndpoint(`https://127.0.0.1:${port}`))],
        PATIENT,
      );
      expect((await failureOf(dataOf(resolver))).message).to.match(
        /has a certificate that does not verify/u,
      );
    });
  });
});
