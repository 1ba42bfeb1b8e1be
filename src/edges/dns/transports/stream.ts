import { connect, type Socket } from 'node:net';
import type { DnsQuery } from '../query.js';
import type { DnsResponse } from '../response.js';
import { readResponse } from '../response.js';
import { ServerFailure, serverFailureOf } from '../server-failure.js';
import type { Transport } from './transport.js';

/** Messages that answer something else: passed over, but not for ever. */
const MAX_STRAY_MESSAGES = 16;

/**
 * One query over a stream: two bytes of length, then the message (RFC 1035 §4.2.2). The length
 * bounds what is kept at 64 KiB. The socket is destroyed whatever happens. `whenOpen` names the
 * event after which it takes data; `explain` turns its errors into failures.
 */
export function askOverStream(
  socket: Socket,
  whenOpen: 'connect' | 'secureConnect',
  explain: (error: unknown) => ServerFailure,
  query: DnsQuery,
  signal: AbortSignal,
): Promise<DnsResponse> {
  return new Promise((resolve, reject) => {
    const end = (settle: () => void) => {
      signal.removeEventListener('abort', onAbort);
      socket.removeAllListeners();
      socket.on('error', () => {});
      socket.destroy();
      settle();
    };
    const fail = (error: unknown) => end(() => reject(error));
    const onAbort = () => fail(signal.reason);
    const frames = new FrameReader();
    let strays = 0;
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    socket.on('error', (error) => fail(explain(error)));
    socket.on('close', () => fail(closedEarly()));
    socket.on(whenOpen, () => socket.write(framed(query.bytes)));
    socket.on('data', (chunk) => {
      try {
        for (const message of frames.push(chunk)) {
          const response = readResponse(message, query);
          if (response !== null) return end(() => resolve(response));
          strays += 1;
          if (strays > MAX_STRAY_MESSAGES) throw unfit();
        }
      } catch (error) {
        fail(error);
      }
    });
  });
}

/** Cuts a stream into messages. Keeps at most one message and one chunk. */
class FrameReader {
  #kept: Buffer = Buffer.alloc(0);

  push(chunk: Buffer): readonly Buffer[] {
    const messages: Buffer[] = [];
    let rest = this.#kept.length === 0 ? chunk : Buffer.concat([this.#kept, chunk]);
    while (rest.length >= 2 && rest.length >= 2 + rest.readUInt16BE(0)) {
      const end = 2 + rest.readUInt16BE(0);
      messages.push(rest.subarray(2, end));
      rest = rest.subarray(end);
    }
    this.#kept = rest;
    return messages;
  }
}

function framed(bytes: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(bytes.length);
  // One write: some servers expect length and message in one segment.
  return Buffer.concat([length, bytes]);
}

function closedEarly(): ServerFailure {
  return new ServerFailure('closed', 'closed the connection before it answered');
}

function unfit(): ServerFailure {
  return new ServerFailure('unreadable', 'sent answers that do not fit the question');
}

/** DNS over TCP (RFC 7766), one connection for each query. */
export function tcpTransport(address: string, port: number): Transport {
  return async (query, signal) => {
    signal.throwIfAborted();
    const socket = connect({ host: address, port, noDelay: true });
    return askOverStream(socket, 'connect', serverFailureOf, query, signal);
  };
}
