import { isIP, type Socket } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { SMTPClient } from 'smtp-client';
import { isLastLine } from '../../model/reply.js';

/*
 * smtp-client's own types leave out its events and the methods of the channel below it. This is the
 * one file that knows them.
 */
type ReplyHandler = (line: string) => void;

declare module 'smtp-client' {
  interface SMTPClientOptions {
    localAddress?: string;
  }
  interface SMTPClient {
    on(event: 'receive', listener: (chunk: string) => void): this;
    on(event: 'connect' | 'end' | 'close', listener: () => void): this;
    on(event: 'error', listener: (error: Error) => void): this;
    write(data: string, options?: { handler?: ReplyHandler | null }): Promise<string>;
    rset(): Promise<string>;
    negotiateTLS(options: ConnectionOptions): Promise<void>;
    isLastReply(line: string): boolean;
    _resolveCommand(command: {
      resolve: (code: string) => void;
      reject: (error: Error) => void;
      handler: ReplyHandler | null;
    }): void;
    _createSocket(options: object, onConnect: () => void): Socket;
  }
}

/** Where to connect to. `address` is a literal, so that nothing is looked up and no family guessed. */
export interface ClientTarget {
  readonly address: string;
  readonly port: number;
  readonly sourceAddress: string | null;
}

/**
 * smtp-client with what it leaves open closed:
 * - a reply line without text (`250`) ends its reply, and so does a line that is no reply at all;
 * - input arrives one character per byte, so that bytes can be counted and none is lost;
 * - a command goes straight to the socket: the channel makes two streams and an error of each;
 * - every socket keeps an 'error' listener, and all of them can be destroyed at any moment.
 */
export class Client extends SMTPClient {
  readonly #sockets: Socket[] = [];

  constructor({ address, port, sourceAddress }: ClientTarget) {
    if (isIP(address) === 0) throw new TypeError(`'${address}' is not an IP address`);
    super({
      host: address,
      port,
      ...(sourceAddress === null ? {} : { localAddress: sourceAddress }),
    });
  }

  /** The newest socket: the TLS one after a handshake has begun. */
  get socket(): Socket | null {
    return this.#sockets.at(-1) ?? null;
  }

  override isLastReply(line: string): boolean {
    return isLastLine(line);
  }

  override write(
    data: string,
    { handler = null }: { handler?: ReplyHandler | null } = {},
  ): Promise<string> {
    return new Promise((resolve, reject) => {
      const { socket } = this;
      if (socket === null) throw new Error('There is no connection yet.');
      this._resolveCommand({ resolve, reject, handler });
      socket.write(data);
    });
  }

  /** smtp-client calls this for the connection and again, with `socket`, for TLS on top of it. */
  override _createSocket(options: object, onConnect: () => void): Socket {
    // The channel has just removed every listener from the socket that TLS is put on.
    for (const below of this.#sockets) below.on('error', ignore);
    const socket = super._createSocket(options, () => {
      onConnect();
      // After the channel's own setEncoding('utf8'), which would turn other bytes into U+FFFD.
      socket.setEncoding('latin1');
    });
    this.#sockets.push(socket);
    return socket;
  }

  /** Closes the connection without a word and resolves when the operating system has it back. */
  async destroy(): Promise<void> {
    await Promise.all(this.#sockets.toReversed().map(destroySocket));
  }
}

function destroySocket(socket: Socket): Promise<void> {
  if (socket.closed) return Promise.resolve();
  return new Promise((resolve) => {
    socket.on('error', ignore);
    socket.once('close', () => resolve());
    socket.destroy();
  });
}

function ignore(): void {}
