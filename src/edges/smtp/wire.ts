import type { Clock } from '../../model/ports/clock.js';
import type { Transcript, TranscriptLine } from '../../model/ports/dialer.js';
import { parseReplyLines } from '../../model/reply.js';
import type { Failure, FailureCode, Reply } from '../../model/smtp.js';
import type { ClockReading } from '../../model/time.js';
import { startTimer } from '../system/timer.js';
import { type Answer, type FailedAnswer, isNegative, parseReplyTo } from './answer.js';
import { Client, type ClientTarget } from './client.js';
import { closedMessage, socketFailure } from './failure.js';
import {
  HASTY_QUIT_LIMIT_MS,
  MAX_LINE_BYTES,
  MAX_REPLY_BYTES,
  MAX_REPLY_LINES,
  QUIT_LIMIT_MS,
} from './limits.js';
import { type Overflow, ReplyReader } from './reply-reader.js';
import { inSeconds, onAbort } from './waiting.js';

/** One command and the wait for its reply. */
export interface Exchange {
  /** What is asked, for sentences: `MAIL`. */
  readonly name: string;
  /** The whole of the reply must be there by then. */
  readonly limitMs: number;
  /** First digit of a positive reply here; 4 and 5 are replies always, anything else is garbled. */
  readonly expects: 2 | 3;
  /** For the transcript; null where nothing is sent. */
  readonly shown: string | null;
  /** Sends it. Settles when the client has seen the end of a reply, or has failed. */
  readonly send: (client: Client) => Promise<unknown>;
}

/** Overflows, as sentences. */
const OVERFLOWS: Readonly<Record<Overflow, string>> = {
  line: `a line longer than ${MAX_LINE_BYTES} bytes`,
  lines: `a reply of more than ${MAX_REPLY_LINES} lines`,
  bytes: `a reply of more than ${MAX_REPLY_BYTES} bytes`,
};

/** After these there is nobody to say QUIT to, or nobody who should be listened to any more. */
const NO_QUIT_AFTER: ReadonlySet<FailureCode> = new Set([
  'connection-refused',
  'connection-reset',
  'connection-closed',
  'host-unreachable',
  'reply-too-long',
  'tls-failed',
  'tls-plaintext-injected',
  'source-address',
]);

/**
 * A connection that asks one thing at a time and always gets an answer: a reply within bounds of
 * bytes, lines and time, or a failure. The first failure is final.
 */
export class Wire {
  readonly #client: Client;
  readonly #target: ClientTarget;
  readonly #clock: Clock;
  readonly #transcript: Transcript;
  readonly #reader: ReplyReader;
  readonly #stopWatchingSignal: () => void;

  #awaited = 'it was asked anything';
  #connected = false;
  /** The server would not understand a QUIT: it reads a body, or shakes hands. */
  #deaf = false;
  #answeredAt: ClockReading | null = null;
  #failure: Failure | null = null;
  #unaskedReply: Reply | null = null;
  #failed: () => void = () => {};
  readonly #whenFailed = new Promise<void>((resolve) => {
    this.#failed = resolve;
  });
  #closing: Promise<void> | null = null;

  constructor(
    target: ClientTarget,
    clock: Clock,
    signal: AbortSignal | undefined,
    transcript: Transcript,
  ) {
    this.#client = new Client(target);
    this.#target = target;
    this.#clock = clock;
    this.#transcript = transcript;
    this.#reader = new ReplyReader((line) => this.#show('received', line));
    this.#stopWatchingSignal = onAbort(signal, () =>
      this.fail('interrupted', `Interrupted before ${this.#awaited}.`),
    );
    this.#listen();
  }

  /** Nothing has failed and nobody has hung up. */
  get alive(): boolean {
    return this.#failure === null && this.#closing === null;
  }

  get target(): ClientTarget {
    return this.#target;
  }

  /** The 421 that no command had asked for, as far as one has come. */
  get unaskedReply(): Reply | null {
    return this.#unaskedReply;
  }

  /** Bytes have come that no command asked for. */
  get hasUnaskedInput(): boolean {
    return this.#reader.pending;
  }

  now(): ClockReading {
    return this.#clock.read();
  }

  note(text: string): void {
    this.#show('note', text);
  }

  /** Ends the use of the connection with this failure, unless it had failed before. */
  fail(code: FailureCode, message: string): void {
    this.#failWith({ code, message });
  }

  /** Opens the connection and reads the banner. Both have a limit of their own. */
  async connect(connectionLimitMs: number, bannerLimitMs: number): Promise<Answer> {
    const { address, port } = this.#target;
    return this.#exchange({
      name: 'the banner',
      expects: 2,
      shown: null,
      limit: () => {
        let stop = this.#limit(
          connectionLimitMs,
          () => `No connection to ${address} port ${port} within ${inSeconds(connectionLimitMs)}.`,
        );
        this.#client.on('connect', () => {
          stop();
          this.note(`Connected to ${address} port ${port}`);
          stop = this.#limit(bannerLimitMs, () => this.#silence('greet', bannerLimitMs));
        });
        return () => stop();
      },
      send: (client) => client.connect(),
    });
  }

  /** Sends one command and waits for the whole of its reply. Never rejects. */
  exchange(exchange: Exchange): Promise<Answer> {
    const { limitMs, name } = exchange;
    return this.#exchange({
      ...exchange,
      limit: () => this.#limit(limitMs, () => this.#silence(`answer ${name}`, limitMs)),
    });
  }

  /** Waits for work on the connection that brings no reply: the TLS handshake. Null when it failed. */
  async waitFor<T>(
    name: string,
    limitMs: number,
    work: (client: Client) => Promise<T>,
    failureOf: (error: unknown) => Failure,
  ): Promise<{ readonly value: T } | null> {
    this.#awaited = `${name} was done`;
    this.#deaf = true;
    const stop = this.#limit(
      limitMs,
      () => `${this.#target.address} did not finish ${name} within ${inSeconds(limitMs)}.`,
    );
    const done = work(this.#client).then(
      (value) => ({ value }),
      (error: unknown) => {
        this.#failWith(failureOf(error));
        return null;
      },
    );
    const result = await Promise.race([done, this.#whenFailed.then(() => null)]);
    stop();
    if (this.#failure !== null) return null;
    this.#deaf = false;
    return result;
  }

  /** Why nothing more can be asked: the server hung up, or spoke out of turn. Null while it can. */
  overAlready(): Answer | null {
    if (this.#reader.pending && this.#heardToTheEnd()) return this.#unasked();
    return this.alive ? null : this.failedAnswer();
  }

  /** From here on the server takes what we send for the body of a message, also a QUIT. */
  beginBody(): void {
    this.#deaf = true;
  }

  /** The server has answered the body and takes commands again. */
  endBody(): void {
    this.#deaf = false;
  }

  /** QUIT where it makes sense, then close. Never rejects; every call waits for the same end. */
  hangUp(timeoutMs: number): Promise<void> {
    this.#closing ??= this.#hangUp(timeoutMs);
    return this.#closing;
  }

  /** The answer for a connection that has failed. */
  failedAnswer(): FailedAnswer {
    const failure = this.#failure ?? {
      code: 'connection-closed',
      message: 'The session is closed.',
    };
    return { positive: false, reply: null, failure, at: this.#clock.read() };
  }

  async #exchange({
    name,
    expects,
    shown,
    limit,
    send,
  }: Omit<Exchange, 'limitMs'> & { readonly limit: () => () => void }): Promise<Answer> {
    const over = this.overAlready();
    if (over !== null) return over;
    this.#awaited = name === 'the banner' ? 'its banner' : `the reply to ${name}`;
    const stop = limit();
    if (shown !== null) this.#show('sent', shown);
    const sent = send(this.#client).catch((error: unknown) => this.#sendFailed(error));
    await Promise.race([sent, this.#whenFailed]);
    stop();
    return this.#answer(name, expects);
  }

  #answer(name: string, expects: 2 | 3): Answer {
    this.#awaited = 'the next command';
    const at = this.#answeredAt ?? this.#clock.read();
    const lines = this.#reader.takeReply();
    this.#answeredAt = null;
    if (lines === null) return this.failedAnswer();
    const { reply, problem } = parseReplyTo(name, expects, lines);
    if (reply === null) {
      this.fail('garbled-reply', problem);
      return this.failedAnswer();
    }
    if (reply.code === 421) this.fail('connection-closed', CLOSED_WITH_421);
    return { positive: !isNegative(reply.code), reply, failure: null, at };
  }

  /**
   * The server spoke out of turn. A 421 may come at any time (RFC 5321 §3.8); anything else would
   * be taken for the reply to the next command.
   */
  #unasked(): Answer {
    const at = this.#answeredAt ?? this.#clock.read();
    const parsed = parseReplyLines(this.#reader.takeReply() ?? []);
    if (parsed.reply?.code === 421) {
      this.#unaskedReply = parsed.reply;
      this.fail('connection-closed', CLOSED_WITH_421);
      return { positive: false, reply: parsed.reply, failure: null, at };
    }
    this.fail(
      'garbled-reply',
      `${this.#target.address} sent a reply that no command had asked for.`,
    );
    return this.failedAnswer();
  }

  /** What lies in the reader is the server's last word, not the rest of something that failed. */
  #heardToTheEnd(): boolean {
    return this.#closing === null && (this.alive || this.#failure?.code === 'connection-closed');
  }

  /** smtp-client rejects for negative replies too; those are answers, and in the reader by now. */
  #sendFailed(error: unknown): void {
    if (this.#reader.hasReply) return;
    this.#failWith(socketFailure(error, this.#target, this.#awaited));
  }

  #listen(): void {
    this.#client.on('connect', () => {
      this.#connected = true;
    });
    this.#client.on('receive', (chunk) => this.#receive(chunk));
    this.#client.on('error', (error) =>
      this.#failWith(socketFailure(error, this.#target, this.#awaited)),
    );
    const closed = () =>
      this.fail('connection-closed', closedMessage(this.#target.address, this.#awaited));
    this.#client.on('end', closed);
    this.#client.on('close', closed);
  }

  #receive(chunk: string): void {
    if (this.#failure?.code === 'reply-too-long') return;
    const overflow = this.#reader.feed(chunk);
    if (overflow !== null) {
      this.fail('reply-too-long', `${this.#target.address} sent ${OVERFLOWS[overflow]}.`);
      this.#client.socket?.destroy();
      return;
    }
    if (this.#reader.hasReply) this.#answeredAt ??= this.#clock.read();
  }

  #failWith(failure: Failure): void {
    // After QUIT the server closes, as it should.
    if (!this.alive) return;
    this.#failure = failure;
    this.note(failure.message);
    this.#failed();
  }

  /** Fails when the time is up; the function returned calls that off. */
  #limit(limitMs: number, message: () => string): () => void {
    return startTimer(this.#clock, limitMs, () => this.fail('timeout', message()));
  }

  #silence(what: string, limitMs: number): string {
    const so = this.#reader.pending ? ' in full' : '';
    return `${this.#target.address} did not ${what}${so} within ${inSeconds(limitMs)}.`;
  }

  async #hangUp(timeoutMs: number): Promise<void> {
    this.#stopWatchingSignal();
    const limitMs = Math.min(this.#quitLimitMs(), timeoutMs);
    if (limitMs > 0) await this.#sayQuit(limitMs);
    this.#hearFarewell();
    await this.#client.destroy();
  }

  /** What came after the last answer. Only a 421 means something there; a 221 is mere politeness. */
  #hearFarewell(): void {
    for (let lines = this.#reader.takeReply(); lines !== null; lines = this.#reader.takeReply()) {
      const { reply } = parseReplyLines(lines);
      if (reply?.code === 421) this.#unaskedReply ??= reply;
    }
  }

  #quitLimitMs(): number {
    if (!this.#connected || this.#deaf) return 0;
    if (this.#failure === null) return QUIT_LIMIT_MS;
    return NO_QUIT_AFTER.has(this.#failure.code) ? 0 : HASTY_QUIT_LIMIT_MS;
  }

  async #sayQuit(limitMs: number): Promise<void> {
    this.#show('sent', 'QUIT');
    await new Promise<void>((resolve) => {
      const stop = startTimer(this.#clock, limitMs, resolve);
      const answered = () => {
        stop();
        resolve();
      };
      this.#client.quit().then(answered, answered);
    });
  }

  #show(direction: TranscriptLine['direction'], text: string): void {
    this.#transcript({ direction, text });
  }
}

const CLOSED_WITH_421 = 'The server closed the session with a 421 reply.';
