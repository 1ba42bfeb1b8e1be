import { connect, type Socket } from 'node:net';

/** Talks SMTP by hand, so that servers are tested against something that is not greyprobe. */
export class RawClient {
  readonly #socket: Socket;
  #received = '';
  #ended = false;
  #wake: () => void = () => {};

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => {
      this.#received += text;
      this.#wake();
    });
    const end = () => {
      this.#ended = true;
      this.#wake();
    };
    socket.on('close', end);
    socket.on('end', end);
    socket.on('error', end);
  }

  static connect(address: string, port: number, localAddress?: string): Promise<RawClient> {
    return new Promise((resolve, reject) => {
      const socket = connect({
        host: address,
        port,
        ...(localAddress === undefined ? {} : { localAddress }),
      });
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        resolve(new RawClient(socket));
      });
    });
  }

  /** The next reply, all its lines joined with `\n`; `''` when the connection ended instead. */
  async reply(): Promise<string> {
    for (;;) {
      const match = /^(?:\d{3}-[^\r\n]*\r\n)*\d{3}(?: [^\r\n]*)?\r\n/.exec(this.#received);
      if (match !== null) {
        this.#received = this.#received.slice(match[0].length);
        return match[0].trimEnd().replaceAll('\r\n', '\n');
      }
      if (this.#ended) return '';
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Sends text as it is. */
  write(text: string): void {
    this.#socket.write(text);
  }

  /** Sends a command and returns its reply. */
  say(line: string): Promise<string> {
    this.write(`${line}\r\n`);
    return this.reply();
  }

  /** Everything up to RCPT; returns the reply to the last command that was sent. */
  async envelope(sender: string, recipient: string, helo = 'client.example'): Promise<string> {
    for (const line of [undefined, `EHLO ${helo}`, `MAIL FROM:<${sender}>`]) {
      const reply = line === undefined ? await this.reply() : await this.say(line);
      if (!/^2/.test(reply)) return reply;
    }
    return this.say(`RCPT TO:<${recipient}>`);
  }

  close(): void {
    this.#socket.destroy();
  }
}

/** One transaction up to RCPT in a session of its own; returns the deciding reply. */
export async function tryRecipient(
  where: { readonly address: string; readonly port: number },
  sender: string,
  recipient: string,
  helo?: string,
): Promise<string> {
  const client = await RawClient.connect(where.address, where.port);
  const reply = await client.envelope(sender, recipient, helo);
  await client.say('QUIT');
  client.close();
  return reply;
}
