import type { Socket as UdpSocket } from 'node:dgram';
import { createServer, type Socket } from 'node:net';
import ipaddr from 'ipaddr.js';
import { errorCode, type GreyprobeError, usageError } from '../model/errors.js';

/** Throws `not-loopback` unless the address is a loopback literal: a sandbox is for this machine. */
export function checkLoopback(address: string): void {
  if (ipaddr.isValid(address) && ipaddr.process(address).range() === 'loopback') return;
  throw usageError(
    'not-loopback',
    'The sandbox listens on loopback addresses only.',
    'Use an address of 127.0.0.0/8, or ::1.',
  );
}

/** Something that listens, until it is closed. */
export interface Listener {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Listens, and serves each client; `count` is how many there are with it. Throws `cannot-listen`.
 * Closing ends all connections.
 */
export function listenTcp(
  address: string,
  port: number,
  serve: (socket: Socket, count: number) => void,
): Promise<Listener> {
  checkLoopback(address);
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    serve(socket, sockets.size);
  });
  const close = () =>
    new Promise<void>((resolve) => {
      for (const socket of sockets) socket.destroy();
      server.close(() => resolve());
    });
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => reject(cannotListen(address, port, error));
    server.once('error', fail);
    server.listen({ host: address, port, exclusive: true }, () => {
      server.off('error', fail);
      const bound = server.address();
      resolve({ port: typeof bound === 'object' && bound !== null ? bound.port : port, close });
    });
  });
}

/** Binds; returns the port. Throws `cannot-listen`. */
export function bindUdp(socket: UdpSocket, address: string, port: number): Promise<number> {
  checkLoopback(address);
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => reject(cannotListen(address, port, error));
    socket.once('error', fail);
    socket.bind({ address, port, exclusive: true }, () => {
      socket.off('error', fail);
      resolve(socket.address().port);
    });
  });
}

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'something listens there already',
  EADDRNOTAVAIL: 'this machine does not have the address',
  EACCES: 'the system does not allow it',
};

function cannotListen(address: string, port: number, cause: Error): GreyprobeError {
  const code = errorCode(cause) || cause.message;
  const reason = REASONS[code];
  const why = reason === undefined ? code : `${reason} (${code})`;
  return usageError(
    'cannot-listen',
    `The sandbox cannot listen on ${address} port ${port}: ${why}.`,
    'Choose another port, or 0 for any that is free.',
  );
}
