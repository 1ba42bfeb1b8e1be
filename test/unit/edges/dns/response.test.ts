import { expect } from 'chai';
import dnsPacket, { type Answer } from 'dns-packet';
import fc from 'fast-check';
import { encodeQuery, fitsTheWire } from '../../../../src/edges/dns/query.js';
import { readResponse } from '../../../../src/edges/dns/response.js';
import { ServerFailure } from '../../../../src/edges/dns/server-failure.js';

const QUERY = encodeQuery('example.org', 'MX', { id: 4711, edns: true });

const HONEST: readonly Answer[] = [
  { type: 'CNAME', name: 'example.org', ttl: 60, data: 'b.example.org' },
  {
    type: 'MX',
    name: 'b.example.org',
    ttl: 60,
    data: { preference: 5, exchange: 'mx.example.org' },
  },
  { type: 'A', name: 'mx.example.org', ttl: 60, data: '192.0.2.1' },
  { type: 'AAAA', name: 'mx.example.org', ttl: 60, data: '2001:db8::1' },
  { type: 'TXT', name: 'example.org', ttl: 60, data: ['one', 'two'] },
  { type: 'PTR', name: 'example.org', ttl: 60, data: 'host.example.org' },
  // Types that greyprobe does not ask for, and whose decoders trust what they read.
  {
    type: 'SSHFP',
    name: 'example.org',
    ttl: 60,
    data: { algorithm: 1, hash: 1, fingerprint: 'ab'.repeat(20) },
  },
  { type: 'SRV', name: 'example.org', ttl: 60, data: { port: 25, target: 'mx.example.org' } },
];

const MESSAGE = dnsPacket.encode({
  type: 'response',
  id: 4711,
  flags: dnsPacket.RECURSION_AVAILABLE,
  questions: [{ type: 'MX', name: 'example.org' }],
  answers: [...HONEST],
  authorities: [{ type: 'NS', name: 'example.org', ttl: 60, data: 'ns.example.org' }],
  additionals: [
    {
      type: 'OPT',
      name: '.',
      udpPayloadSize: 1232,
      extendedRcode: 0,
      ednsVersion: 0,
      flags: 0,
      flag_do: false,
      options: [],
    },
  ],
});

/** Reads, and says how that ended; anything but these three is a bug. */
function outcome(bytes: Buffer): 'answer' | 'not-ours' | 'unreadable' {
  try {
    return readResponse(bytes, QUERY) === null ? 'not-ours' : 'answer';
  } catch (error) {
    if (error instanceof ServerFailure) return 'unreadable';
    throw error;
  }
}

describe('readResponse', () => {
  it('reads the records that matter and passes over the others', () => {
    const response = readResponse(MESSAGE, QUERY);
    expect(response?.records.map((record) => record.type)).to.deep.equal([
      'CNAME',
      'MX',
      'A',
      'AAAA',
      'TXT',
      'PTR',
    ]);
    expect(response).to.include({ responseCode: 'NOERROR', truncated: false, referral: false });
  });

  it('ends in an answer, in nothing or in a plain refusal, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (noise) => {
        outcome(Buffer.from(noise));
      }),
      { numRuns: 500 },
    );
  });

  it('does so after the right header and question, too', () => {
    const head = MESSAGE.subarray(0, 12 + QUERY.question.length);
    const seen = new Set<string>();
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 600 }),
        fc.tuple(fc.nat(5), fc.nat(5), fc.nat(5)),
        (noise, [answers, authorities, additionals]) => {
          const bytes = Buffer.concat([head, noise]);
          bytes.writeUInt16BE(answers, 6);
          bytes.writeUInt16BE(authorities, 8);
          bytes.writeUInt16BE(additionals, 10);
          seen.add(outcome(bytes));
          expect(outcome(bytes)).not.to.equal('not-ours');
        },
      ),
      { numRuns: 1000 },
    );
    expect(seen).to.include('unreadable');
  });

  it('does so when single bytes of an honest answer are changed', () => {
    const change = fc.tuple(fc.nat(MESSAGE.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        const bytes = Buffer.from(MESSAGE);
        for (const [at, value] of changes) bytes[at] = value;
        outcome(bytes);
      }),
      { numRuns: 2000 },
    );
  });

  it('refuses every answer that is cut off', () => {
    for (let length = 12 + QUERY.question.length; length < MESSAGE.length; length += 1) {
      expect(outcome(MESSAGE.subarray(0, length)), `${length} bytes`).to.equal('unreadable');
    }
    for (let length = 0; length < 12 + QUERY.question.length; length += 1) {
      expect(outcome(MESSAGE.subarray(0, length)), `${length} bytes`).to.equal('not-ours');
    }
  });

  it('refuses one whose last record is cut off, even where it would not be decoded', () => {
    const whole = dnsPacket.encode({
      type: 'response',
      id: 4711,
      questions: [{ type: 'MX', name: 'example.org' }],
      authorities: [{ type: 'NS', name: 'example.org', ttl: 60, data: 'ns.example.org' }],
    });
    expect(outcome(whole)).to.equal('answer');
    expect(outcome(whole.subarray(0, -1))).to.equal('unreadable');
  });

  it('shows bytes that no name has as \\DDD', () => {
    const bytes = dnsPacket.encode({
      type: 'response',
      id: 4711,
      questions: [{ type: 'MX', name: 'example.org' }],
      answers: [
        { type: 'MX', name: 'example.org', data: { exchange: 'a\u001b[2J\u0007 b.example' } },
      ],
    });
    const [record] = readResponse(bytes, QUERY)?.records ?? [];
    expect(record?.type === 'MX' && record.mx.exchange).to.equal('a\\027[2j\\007\\032b.example');
  });

  it('takes a refusal to answer without the question, and no answer without it', () => {
    const bare = (code: number) => {
      const bytes = Buffer.from(dnsPacket.encode({ type: 'response', id: 4711 }));
      bytes.writeUInt8((bytes[3] ?? 0) | code, 3);
      return readResponse(bytes, QUERY)?.responseCode ?? null;
    };
    expect([1, 2, 4, 5].map(bare)).to.deep.equal(['FORMERR', 'SERVFAIL', 'NOTIMP', 'REFUSED']);
    expect([0, 3].map(bare)).to.deep.equal([null, null]);
  });

  it('names response codes, with the upper bits of EDNS', () => {
    const names = new Map<number, string | undefined>();
    for (const code of [0, 2, 3, 5, 11, 16, 23]) {
      const bytes = Buffer.from(MESSAGE);
      bytes[3] = ((bytes[3] ?? 0) & 0xf0) | (code & 0xf);
      // The OPT record is the last one: 11 bytes, its extended code is the sixth.
      bytes[bytes.length - 6] = code >> 4;
      names.set(code, readResponse(bytes, QUERY)?.responseCode);
    }
    expect(Object.fromEntries(names)).to.deep.equal({
      0: 'NOERROR',
      2: 'SERVFAIL',
      3: 'NXDOMAIN',
      5: 'REFUSED',
      11: 'RCODE11',
      16: 'BADVERS',
      23: 'RCODE23',
    });
  });

  it('counts a TTL with the top bit set as zero', () => {
    const bytes = dnsPacket.encode({
      type: 'response',
      id: 4711,
      questions: [{ type: 'MX', name: 'example.org' }],
      answers: [{ type: 'MX', name: 'example.org', ttl: 0x80000001, data: { exchange: 'mx' } }],
    });
    expect(readResponse(bytes, QUERY)?.records[0]?.ttlSeconds).to.equal(0);
  });
});

describe('encodeQuery', () => {
  it('can be read back', () => {
    fc.assert(
      fc.property(fc.domain(), fc.nat(65_535), fc.boolean(), (name, id, edns) => {
        const query = encodeQuery(name, 'AAAA', { id, edns });
        const read = dnsPacket.decode(query.bytes);
        expect(read).to.include({ id, flag_rd: true });
        expect(read.questions).to.deep.equal([{ name, type: 'AAAA', class: 'IN' }]);
        expect(read.additionals).to.have.length(edns ? 1 : 0);
      }),
    );
  });

  it('refuses names that the wire cannot carry', () => {
    for (const name of [
      '',
      '.',
      'a..b',
      `${'a'.repeat(64)}.b`,
      'a b',
      'é',
      'a\\032b',
      'a.'.repeat(127),
    ]) {
      expect(fitsTheWire(name), name).to.equal(false);
      expect(() => encodeQuery(name, 'A', { id: 1, edns: false })).to.throw(RangeError);
    }
  });
});
