import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { DnsQuery } from '../query.js';
import { readResponse } from '../response.js';
import { serverFailureOf } from '../server-failure.js';
import type { Transport } from './transport.js';

/**
 * DNS over UDP. Every query has a socket of its own, so the system draws a new source port each
 * time (RFC 5452 §9.2). Datagrams that are no answer to the query, or come from elsewhere, are
 * passed over until the time is up: a forger must not be able to end the wait.
 */
export function udpTransport(address: string, port: number): Transport {
  return (query, signal) =>
    new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
      const end = (settle: () => void) => {
        signal.removeEventListener('abort', onAbort);
        // Closing twice throws; late errors of a closing socket mean nothing.
        socket.removeAllListeners();
        socket.on('error', () => {});
        socket.close();
        settle();
      };
      const fail = (error: unknown) => end(() => reject(error));
      const onAbort = () => fail(signal.reason);
      signal.addEventListener('abort', onAbort, { once: true });
      socket.on('error', (error) => fail(serverFailureOf(error)));
      socket.on('connect', () => send(socket, query, fail));
      socket.on('message', (bytes, from) => {
        try {
          const server = socket.remoteAddress();
          if (from.address !== server.address || from.port !== server.port) return;
          const response = readResponse(bytes, query);
          if (response !== null) end(() => resolve(response));
        } catch (error) {
          fail(error);
        }
      });
      // A connected socket takes datagrams from this server only, and hears of a closed port.
      socket.connect(port, address);
    });
}

function send(socket: Socket, query: DnsQuery, fail: (error: unknown) => void): void {
  socket.send(query.bytes, (error) => {
    if (error !== null) fail(serverFailureOf(error));
  });
}
