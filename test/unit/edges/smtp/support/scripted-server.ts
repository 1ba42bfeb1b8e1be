import { readFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { TLSSocket, type TLSSocketOptions } from 'node:tls';

/**
 * What a scripted server does next. A script is a list of these. After its end the server still
 * answers a QUIT, as every server should, and says nothing else.
 */
export type Step =
  /** Sends text as latin1, so that any byte can be written as one character. */
  | { readonly send: string }
  /** Reads one line and holds it against the pattern. */
  | { readonly expect: RegExp }
  /** Sends one byte after another. */
  | { readonly drip: string; readonly everyMs: number }
  /** Sends the same again and again until the client is gone. */
  | { readonly flood: string }
  | { readonly delayMs: number }
  /** Does something else, at once. */
  | { readonly run: () => void }
  /** Shakes hands; `tls` replaces options of the server's side. */
  | { readonly starttls: true; readonly tls?: TLSSocketOptions }
  /** From here on the server says nothing at all, not even to a QUIT. */
  | { readonly mute: true }
  | { readonly close: true }
  | { readonly reset: true };

export interface ScriptedServer {
  readonly address: string;
  readonly port: number;
  /** Lines that clients sent, over all connections. */
  readonly received: readonly string[];
  /** Steps that did not go as the script says. */
  readonly surprises: readonly string[];
  /** Host name in the last TLS handshake, if any. */
  readonly serverName: string | null;
  /** Source address of the last connection. */
  readonly clientAddress: string | null;
  readonly connections: number;
  /** How many of them have ended. */
  readonly gone: number;
  close(): Promise<void>;
}

const fixture = (name: string) => readFileSync(new URL(`../fixtures/${name}`, import.meta.url));

/** Plays the script to every client, on a free loopback port. */
export async function scriptedServer(
  script: readonly Step[],
  address = '127.0.0.1',
): Promise<ScriptedServer> {
  const state = {
    address,
    port: 0,
    received: [] as string[],
    surprises: [] as string[],
    serverName: null as string | null,
    clientAddress: null as string | null,
    connections: 0,
    gone: 0,
  };
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    state.connections += 1;
    state.clientAddress = socket.remoteAddress ?? null;
    sockets.add(socket);
    socket.on('close', () => {
      state.gone += 1;
    });
    void play(script, socket, state);
  });
  state.port = await listen(server, address);
  return Object.assign(state, {
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  });
}

interface Record {
  readonly received: string[];
  readonly surprises: string[];
  serverName: string | null;
}

async function play(script: readonly Step[], raw: Socket, record: Record): Promise<void> {
  let socket = raw;
  let lines = new LineReader(raw);
  let mute = false;
  raw.on('error', () => {});
  for (const step of script) {
    if (socket.destroyed) return;
    if ('send' in step) socket.write(step.send, 'latin1');
    else if ('run' in step) step.run();
    else if ('delayMs' in step) await sleep(step.delayMs);
    else if ('drip' in step) await drip(socket, step.drip, step.everyMs);
    else if ('flood' in step) await flood(socket, step.flood);
    else if ('close' in step) socket.end();
    else if ('reset' in step) socket.resetAndDestroy();
    else if ('mute' in step) mute = true;
    else if ('starttls' in step) {
      lines.stop();
      const secured = await secure(socket, step.tls);
      if (secured === null) return;
      record.serverName = typeof secured.servername === 'string' ? secured.servername : null;
      socket = secured;
      lines = new LineReader(socket);
    } else {
      const line = await lines.next();
      if (line === null) return;
      record.received.push(line);
      if (!step.expect.test(line)) record.surprises.push(`${line} is not ${step.expect}`);
    }
  }
  // What comes after the script's end is of interest too: a QUIT, a closing dot.
  for (let line = await lines.next(); line !== null; line = await lines.next()) {
    record.received.push(line);
    if (line === 'QUIT' && !mute) socket.end('221 2.0.0 Bye\r\n');
  }
}

class LineReader {
  #text = '';
  #ended = false;
  #wake: () => void = () => {};
  readonly #socket: Socket;
  readonly #onData = (chunk: Buffer) => {
    this.#text += chunk.toString('latin1');
    this.#wake();
  };

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', this.#onData);
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#ended = true;
      this.#wake();
    });
  }

  stop(): void {
    this.#socket.off('data', this.#onData);
  }

  /** The next line, or null when the client is gone. */
  async next(): Promise<string | null> {
    for (;;) {
      const end = this.#text.indexOf('\n');
      if (end !== -1) {
        const line = this.#text.slice(0, end).replace(/\r$/, '');
        this.#text = this.#text.slice(end + 1);
        return line;
      }
      if (this.#ended) return null;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

function secure(
  socket: Socket,
  options: TLSSocketOptions = {},
): Promise<(TLSSocket & { servername?: unknown }) | null> {
  return new Promise((resolve) => {
    const secured = new TLSSocket(socket, {
      isServer: true,
      key: fixture('mx.example.org.key'),
      cert: fixture('mx.example.org.crt'),
      ...options,
    });
    secured.on('error', () => resolve(null));
    secured.on('close', () => resolve(null));
    secured.once('secure', () => resolve(secured));
  });
}

async function drip(socket: Socket, text: string, everyMs: number): Promise<void> {
  for (const byte of text) {
    if (socket.destroyed) return;
    socket.write(byte, 'latin1');
    await sleep(everyMs);
  }
}

async function flood(socket: Socket, text: string): Promise<void> {
  while (!socket.destroyed) {
    if (!socket.write(text, 'latin1')) {
      await new Promise<void>((resolve) => {
        socket.once('drain', resolve);
        socket.once('close', () => resolve());
      });
    }
  }
}

function listen(server: Server, address: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, address, () => {
      const bound = server.address();
      resolve(typeof bound === 'object' && bound !== null ? bound.port : 0);
    });
  });
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
