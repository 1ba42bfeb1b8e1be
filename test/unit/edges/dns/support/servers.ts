import { createSocket, type RemoteInfo, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer as createHttpsServer } from 'node:https';
import {
  type AddressInfo,
  createServer as createTcpServer,
  type Server,
  type Socket,
} from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import dnsPacket, { type Answer, type DecodedPacket } from 'dns-packet';
import { CERTIFICATE, PRIVATE_KEY } from './certificate.js';

/*
 * DNS servers on 127.0.0.1 that do exactly what a test tells them, however hostile.
 */

export const LOOPBACK = '127.0.0.1';

const open = new Set<() => Promise<unknown>>();

/** Closes every server that the test opened; for `afterEach`. */
export async function closeServers(): Promise<void> {
  await Promise.all([...open].map((close) => close()));
  open.clear();
}

export interface UdpExchange {
  readonly query: DecodedPacket;
  readonly bytes: Buffer;
  readonly client: RemoteInfo;
  readonly socket: UdpSocket;
  readonly reply: (bytes: Buffer) => void;
}

/** A UDP server; gives its port. */
export async function udpServer(serve: (exchange: UdpExchange) => void, port = 0): Promise<number> {
  const socket = createSocket('udp4');
  socket.on('message', (bytes, client) => {
    const reply = (answer: Buffer) => socket.send(answer, client.port, client.address);
    serve({ query: dnsPacket.decode(bytes), bytes, client, socket, reply });
  });
  await new Promise<void>((resolve) => socket.bind(port, LOOPBACK, resolve));
  open.add(() => new Promise<void>((resolve) => socket.close(resolve)));
  return socket.address().port;
}

interface StreamExchange {
  readonly query: DecodedPacket;
  readonly socket: Socket;
  /** Sends a whole message with its length. */
  readonly reply: (bytes: Buffer) => void;
}

type ServeStream = (exchange: StreamExchange) => void;

export async function tcpServer(serve: ServeStream, port = 0): Promise<number> {
  return listen(
    createTcpServer((socket) => serveStream(socket, serve)),
    port,
  );
}

/** A server that speaks first, and says nothing else. */
export async function plainServer(greeting: Buffer): Promise<number> {
  return listen(
    createTcpServer((socket) => {
      socket.on('error', () => {});
      socket.resume();
      socket.write(greeting);
    }),
    0,
  );
}

export async function tlsServer(serve: ServeStream, address = LOOPBACK): Promise<number> {
  const server = createTlsServer({ key: PRIVATE_KEY, cert: CERTIFICATE }, (socket) =>
    serveStream(socket, serve),
  );
  return listen(server, 0, address);
}

export interface HttpExchange {
  readonly query: DecodedPacket;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly method: string;
  readonly path: string;
}

export interface HttpAnswer {
  readonly status?: number;
  readonly type?: string;
  readonly body?: Buffer;
  /** Sent over and over, without an end. */
  readonly flood?: Buffer;
  readonly location?: string;
}

/** A DoH server; an exchange without an answer is left hanging. */
export async function httpsServer(
  serve: (exchange: HttpExchange) => HttpAnswer | null,
): Promise<number> {
  const server = createHttpsServer(
    { key: PRIVATE_KEY, cert: CERTIFICATE },
    async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      const answer = serve({
        query: dnsPacket.decode(Buffer.concat(chunks)),
        headers: request.headers,
        method: request.method ?? '',
        path: request.url ?? '',
      });
      if (answer === null) return;
      response.on('error', () => {});
      response.writeHead(answer.status ?? 200, {
        'Content-Type': answer.type ?? 'application/dns-message',
        ...(answer.location === undefined ? {} : { Location: answer.location }),
      });
      const { flood } = answer;
      if (flood === undefined) {
        response.end(answer.body);
        return;
      }
      const pour = () => {
        while (!response.destroyed && response.write(flood));
      };
      response.on('drain', pour);
      pour();
    },
  );
  const port = await listen(server, 0);
  open.add(async () => server.closeAllConnections());
  return port;
}

/** A port on which nobody listens. */
export async function closedPort(): Promise<number> {
  const server = createTcpServer();
  server.listen(0, LOOPBACK);
  await once(server, 'listening');
  const port = portOf(server);
  server.close();
  await once(server, 'close');
  return port;
}

/** An answer to a query: NOERROR with these records, or as `more` says. */
export function answer(
  query: DecodedPacket,
  answers: readonly Answer[] = [],
  more: { flags?: number; rcode?: number; authorities?: Answer[]; additionals?: Answer[] } = {},
): Buffer {
  return dnsPacket.encode({
    type: 'response',
    id: query.id ?? 0,
    flags: RECURSIVE | (more.flags ?? 0) | (more.rcode ?? 0),
    questions: query.questions ?? [],
    answers: [...answers],
    authorities: more.authorities ?? [],
    additionals: more.additionals ?? [],
  });
}

const RECURSIVE = dnsPacket.RECURSION_DESIRED | dnsPacket.RECURSION_AVAILABLE;

/** Name and type that a query asks for, as `MX example.org`. */
export function asked(query: DecodedPacket): string {
  const question = query.questions?.[0];
  return `${question?.type} ${question?.name}`;
}

async function listen(server: Server, port: number, address = LOOPBACK): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('tlsClientError', () => {});
  server.listen(port, address);
  await once(server, 'listening');
  open.add(async () => {
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  });
  return portOf(server);
}

function portOf(server: Server): number {
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening on a port');
  return address.port;
}

function serveStream(socket: Socket, serve: ServeStream): void {
  let received: Buffer = Buffer.alloc(0);
  socket.on('error', () => {});
  socket.on('data', (chunk) => {
    received = Buffer.concat([received, chunk]);
    while (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) {
      const end = 2 + received.readUInt16BE(0);
      const query = dnsPacket.decode(received.subarray(2, end));
      received = received.subarray(end);
      serve({ query, socket, reply: (bytes) => socket.write(framed(bytes)) });
    }
  });
}

/** Puts the length of a stream transport before a message. */
export function framed(bytes: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
