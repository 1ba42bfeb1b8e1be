import { createSocket, type RemoteInfo } from 'node:dgram';
import type { Socket } from 'node:net';
import { type Answer, decode, encode, type Packet, TRUNCATED_RESPONSE } from 'dns-packet';
import { answerQuery } from './dns-answer.js';
import { bindUdp, type Listener, listenTcp } from './listen.js';
import type { Zone } from './zone.js';

export interface NameServerOptions {
  /** Loopback address literal. */
  readonly address: string;
  /** 0: any port that is free for UDP and TCP. */
  readonly port: number;
  readonly zone: Zone;
}

export interface NameServer extends Listener {
  readonly address: string;
}

/** RFC 1035 §4.2.1, without EDNS. */
const PLAIN_UDP_BYTES = 512;
const MOST_UDP_BYTES = 1_232;
const OWN_OPTION: Answer = {
  type: 'OPT',
  name: '.',
  udpPayloadSize: MOST_UDP_BYTES,
  extendedRcode: 0,
  ednsVersion: 0,
  flags: 0,
  flag_do: false,
  options: [],
};
const MOST_CONNECTIONS = 16;
const IDLE_MS = 10_000;
const PORT_TRIES = 10;

/** Starts a DNS server over UDP and TCP. Throws `cannot-listen` when the port cannot be used. */
export async function startNameServer(options: NameServerOptions): Promise<NameServer> {
  for (let tries = 1; ; tries += 1) {
    const tcp = await startTcp(options);
    try {
      const udp = await startUdp(options, tcp.port);
      return {
        address: options.address,
        port: tcp.port,
        close: async () => {
          await Promise.all([tcp.close(), udp.close()]);
        },
      };
    } catch (error) {
      // A port that is free for TCP may be taken for UDP.
      await tcp.close();
      if (options.port !== 0 || tries === PORT_TRIES) throw error;
    }
  }
}

async function startUdp(options: NameServerOptions, port: number): Promise<Listener> {
  const socket = createSocket(options.address.includes(':') ? 'udp6' : 'udp4');
  try {
    await bindUdp(socket, options.address, port);
  } catch (error) {
    socket.close();
    throw error;
  }
  socket.on('error', () => {});
  socket.on('message', (message: Buffer, from: RemoteInfo) => {
    const query = decodeQuery(message);
    const answer = query === null ? null : answerQuery(options.zone, query);
    if (query === null || answer === null) return;
    socket.send(forUdp(query, answer), from.port, from.address);
  });
  return {
    port,
    close: () =>
      new Promise((resolve) => {
        socket.close(() => resolve());
      }),
  };
}

function startTcp({ address, port, zone }: NameServerOptions): Promise<Listener> {
  return listenTcp(address, port, (socket, count) => {
    socket.setTimeout(IDLE_MS, () => socket.destroy());
    if (count > MOST_CONNECTIONS) socket.destroy();
    else answerStream(socket, zone);
  });
}

/** Messages over TCP follow their length in two bytes (RFC 1035 §4.2.2), hence 64 KiB at most. */
function answerStream(socket: Socket, zone: Zone): void {
  let pending = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    pending = Buffer.concat([pending, chunk]);
    while (pending.length >= 2) {
      const end = 2 + pending.readUInt16BE(0);
      if (pending.length < end) return;
      const query = decodeQuery(pending.subarray(2, end));
      pending = pending.subarray(end);
      if (query === null) {
        socket.destroy();
        return;
      }
      const answer = answerQuery(zone, query);
      if (answer !== null) socket.write(framed(encode(answer)));
    }
  });
}

function framed(message: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(message.length);
  return Buffer.concat([length, message]);
}

/** A query, or null for what is none: garbage gets no answer, nor does an answer. */
function decodeQuery(message: Buffer): Packet | null {
  try {
    const packet = decode(message);
    return packet.type === 'query' ? packet : null;
  } catch {
    return null;
  }
}

/** The answer for UDP: with an OPT record when the query had one (RFC 6891 §7), cut when too long. */
function forUdp(query: Packet, answer: Packet): Buffer {
  const option = query.additionals?.find((record) => record.type === 'OPT');
  const asked = option?.type === 'OPT' ? option.udpPayloadSize : PLAIN_UDP_BYTES;
  const limit = Math.min(Math.max(asked, PLAIN_UDP_BYTES), MOST_UDP_BYTES);
  const additionals = option === undefined ? [] : [OWN_OPTION];
  const whole = encode({ ...answer, additionals });
  if (whole.length <= limit) return whole;
  const flags = (answer.flags ?? 0) | TRUNCATED_RESPONSE;
  return encode({ ...answer, flags, answers: [], authorities: [], additionals });
}
