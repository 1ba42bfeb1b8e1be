import { createSocket } from 'node:dgram';
import { Resolver } from 'node:dns/promises';
import { connect } from 'node:net';
import { expect } from 'chai';
import {
  type Answer,
  decode,
  encode,
  type Packet,
  type Question,
  streamDecode,
  streamEncode,
} from 'dns-packet';
import { type NameServer, startNameServer } from '../../../src/sandbox/name-server.js';

const zone = {
  'grey.example': {
    MX: [
      [10, 'mx.grey.example'],
      [20, 'mx2.grey.example'],
    ],
    TXT: ['v=spf1 -all'],
  },
  'mx.grey.example': { A: ['127.0.0.1'], AAAA: ['::1'], ttlSeconds: 7 },
  'null.example': { MX: [[0, '']] },
  'alias.example': { CNAME: 'mx.grey.example' },
  'broken.example': 'server-failure',
  'silent.example': 'no-answer',
  'middling.example': { TXT: Array.from({ length: 12 }, (_, n) => `${n} ${'x'.repeat(60)}`) },
  'big.example': { TXT: Array.from({ length: 40 }, (_, n) => `${n} ${'x'.repeat(60)}`) },
} as const;

function option(udpPayloadSize: number): Answer {
  return {
    type: 'OPT',
    name: '.',
    udpPayloadSize,
    extendedRcode: 0,
    ednsVersion: 0,
    flags: 0,
    flag_do: false,
    options: [],
  };
}

describe('startNameServer', () => {
  let server: NameServer;
  let resolver: Resolver;

  before(async () => {
    server = await startNameServer({ address: '127.0.0.1', port: 0, zone });
    resolver = new Resolver({ timeout: 1_000, tries: 1 });
    resolver.setServers([`127.0.0.1:${server.port}`]);
  });

  after(() => server.close());

  function overUdp(question: Question, udpPayloadSize?: number): Promise<Packet> {
    return new Promise((resolve) => {
      const socket = createSocket('udp4');
      socket.on('message', (message) => {
        socket.close();
        resolve(decode(message));
      });
      socket.send(
        encode({
          type: 'query',
          id: 77,
          flags: 256,
          questions: [question],
          additionals: udpPayloadSize === undefined ? [] : [option(udpPayloadSize)],
        }),
        server.port,
        '127.0.0.1',
      );
    });
  }

  it('answers Node.js', async () => {
    expect(await resolver.resolveMx('grey.example')).deep.equal([
      { exchange: 'mx.grey.example', priority: 10 },
      { exchange: 'mx2.grey.example', priority: 20 },
    ]);
    expect(await resolver.resolve4('GREY.example').catch(({ code }) => code)).equal('ENODATA');
    expect(await resolver.resolve4('mx.grey.example', { ttl: true })).deep.equal([
      { address: '127.0.0.1', ttl: 7 },
    ]);
    expect(await resolver.resolve6('mx.grey.example')).deep.equal(['::1']);
    expect(await resolver.resolve4('alias.example')).deep.equal(['127.0.0.1']);
    expect(await resolver.resolveTxt('grey.example')).deep.equal([['v=spf1 -all']]);
    expect(await resolver.resolve4('gone.example').catch(({ code }) => code)).equal('ENOTFOUND');
    expect(await resolver.resolve4('broken.example').catch(({ code }) => code)).equal('ESERVFAIL');
  });

  it('shows the null MX as the root', async () => {
    const { answers } = await overUdp({ type: 'MX', name: 'null.example' });
    expect(answers?.[0]).property('data').deep.equal({ preference: 0, exchange: '.' });
  });

  it('gives negative answers a lifetime', async () => {
    for (const name of ['gone.example', 'null.example']) {
      const { answers, authorities } = await overUdp({ type: 'A', name });
      expect(answers).length(0);
      expect(authorities?.[0]).property('type', 'SOA');
    }
  });

  it('does not answer where the zone says so', async () => {
    const impatient = new Resolver({ timeout: 50, tries: 1 });
    impatient.setServers([`127.0.0.1:${server.port}`]);
    expect(await impatient.resolve4('silent.example').catch(({ code }) => code)).equal('ETIMEOUT');
  });

  it('truncates over UDP, and answers in full over TCP', async () => {
    const question: Question = { type: 'TXT', name: 'big.example' };
    const short = await overUdp(question);
    expect(short).include({ flag_tc: true });
    const whole = await new Promise<Packet>((resolve) => {
      let received = Buffer.alloc(0);
      const socket = connect(server.port, '127.0.0.1', () => {
        const query = streamEncode({ type: 'query', id: 1, questions: [question] });
        socket.write(query.subarray(0, 5));
        setImmediate(() => socket.write(query.subarray(5)));
      });
      socket.on('data', (chunk) => {
        received = Buffer.concat([received, chunk]);
        if (received.length < 2 || received.length < 2 + received.readUInt16BE(0)) return;
        socket.destroy();
        resolve(streamDecode(received));
      });
    });
    expect(whole.answers).length(40);
  });

  it('answers at greater length who can take it (EDNS)', async () => {
    const question: Question = { type: 'TXT', name: 'middling.example' };
    const plain = await overUdp(question);
    expect(plain).include({ flag_tc: true });
    expect(plain.additionals).length(0);
    const extended = await overUdp(question, 4_096);
    expect(extended.answers).length(12);
    expect(extended.additionals?.[0]).property('type', 'OPT');
  });

  it('survives garbage', async () => {
    const socket = createSocket('udp4');
    for (const garbage of ['', 'x', '\0'.repeat(12), '\xff'.repeat(600)]) {
      await new Promise((sent) =>
        socket.send(Buffer.from(garbage, 'latin1'), server.port, '127.0.0.1', sent),
      );
    }
    socket.close();
    expect(await resolver.resolve4('mx.grey.example')).deep.equal(['127.0.0.1']);
  });

  it('listens on loopback only', async () => {
    const caught: unknown = await startNameServer({ address: '0.0.0.0', port: 0, zone }).catch(
      (error: unknown) => error,
    );
    expect(caught).property('code', 'not-loopback');
  });
});
