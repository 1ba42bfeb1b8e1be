import type { Session, SessionFacts, TransactionRequest } from '../../model/ports/dialer.js';
import type { Reply, Stage, TransactionEnd } from '../../model/smtp.js';
import type { ClockReading } from '../../model/time.js';
import type { Answer } from './answer.js';
import { dataOf } from './body.js';
import { offers } from './extensions.js';
import { type AwaitedStep, stepLimitMs } from './limits.js';
import type { Wire } from './wire.js';

/** A session on an opened wire. Transactions asked for at the same time take turns. */
export class SmtpSession implements Session {
  readonly facts: SessionFacts;
  readonly #wire: Wire;
  readonly #timeoutMs: number;
  #used = false;
  #running = 0;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(wire: Wire, facts: SessionFacts, timeoutMs: number) {
    this.#wire = wire;
    this.facts = facts;
    this.#timeoutMs = timeoutMs;
  }

  get open(): boolean {
    const spokenTo = this.#running === 0 && this.#wire.hasUnaskedInput;
    return this.#wire.alive && !spokenTo;
  }

  get unasked(): Reply | null {
    return this.#wire.unaskedReply;
  }

  transact(request: TransactionRequest): Promise<TransactionEnd> {
    const end = this.#turn.then(() => this.#transact(request));
    this.#turn = end;
    return end;
  }

  async quit(): Promise<void> {
    if (this.#running > 0) this.#wire.fail('interrupted', 'The session was ended on our side.');
    await this.#wire.hangUp(this.#timeoutMs);
  }

  async #transact(request: TransactionRequest): Promise<TransactionEnd> {
    this.#running += 1;
    const end = await this.#converse(request);
    this.#running -= 1;
    // Not waited for: the end is known, and quit() waits for the same closing.
    if (!this.#wire.alive) void this.#wire.hangUp(this.#timeoutMs);
    return end;
  }

  /** RSET if needed, then MAIL, RCPT, DATA and the message, as far as asked and let. */
  async #converse(request: TransactionRequest): Promise<TransactionEnd> {
    const sentFirst = this.#wire.now();
    const over = this.#wire.overAlready();
    // Before the first MAIL the server has heard of no sender.
    if (over !== null) return endOf(this.#used ? 'mail' : 'helo', over, sentFirst);
    const refusal = this.#unsendable(request);
    if (refusal !== null) return endOf('mail', refusal, sentFirst);
    if (this.#used) {
      const reset = await this.#reset();
      if (!reset.positive) return endOf('mail', reset, sentFirst);
    }
    this.#used = true;

    const sentMail = this.#wire.now();
    const mail = await this.#command('mail', this.#mailCommand(request));
    if (!mail.positive) return endOf('mail', mail, sentMail);

    const sent = this.#wire.now();
    const rcpt = await this.#command('rcpt', `RCPT TO:<${request.recipient}>`);
    if (!rcpt.positive || request.stage === 'rcpt') return endOf('rcpt', rcpt, sent);

    const data = await this.#command('data', 'DATA');
    if (!data.positive) return endOf('data', data, sent);
    this.#wire.beginBody();
    if (request.stage === 'data' || request.message === null) {
      // RFC 5321 has no way to take DATA back: only an end of the connection leaves no message.
      this.#wire.note('Closing the connection without sending a message');
      this.#wire.hangUp(this.#timeoutMs);
      return endOf('data', data, sent);
    }
    return endOf('message', await this.#body(request.message), sent);
  }

  /**
   * RFC 5321 §4.3.2 knows only 250 for RSET. A refusal says nothing about the transaction that was to
   * come: it would pass for a refusal of its sender. A 421 is a reply at any time (§3.8).
   */
  async #reset(): Promise<Answer> {
    const reset = await this.#command('rset', 'RSET');
    if (reset.positive || reset.reply === null || reset.reply.code === 421) return reset;
    this.#wire.fail('garbled-reply', `${reset.reply.code} is no possible reply to RSET.`);
    return this.#wire.failedAnswer();
  }

  async #body(message: string): Promise<Answer> {
    const data = dataOf(message);
    const answer = await this.#wire.exchange({
      name: 'the message',
      limitMs: stepLimitMs('message', this.#timeoutMs),
      expects: 2,
      shown: `(message of ${Buffer.byteLength(data)} bytes)`,
      send: (engine) => engine.write(data),
    });
    if (answer.reply !== null) this.#wire.endBody();
    return answer;
  }

  #command(
    step: Extract<AwaitedStep, 'rset' | 'mail' | 'rcpt' | 'data'>,
    line: string,
  ): Promise<Answer> {
    return this.#wire.exchange({
      name: step.toUpperCase(),
      limitMs: stepLimitMs(step, this.#timeoutMs),
      expects: step === 'data' ? 3 : 2,
      shown: line,
      send: (engine) => engine.write(`${line}\r\n`),
    });
  }

  /** MAIL with SIZE (RFC 1870), BODY (RFC 6152) and SMTPUTF8 (RFC 6531) where needed and offered. */
  #mailCommand(request: TransactionRequest): string {
    const { extensions } = this.facts;
    const parameters: string[] = [];
    if (request.stage === 'message' && request.message !== null) {
      const size = Buffer.byteLength(request.message);
      if (offers(extensions, 'SIZE')) parameters.push(`SIZE=${size}`);
      if (!isAscii(request.message) && offers(extensions, '8BITMIME')) {
        parameters.push('BODY=8BITMIME');
      }
    }
    if (needsSmtpUtf8(request)) parameters.push('SMTPUTF8');
    return [`MAIL FROM:<${request.sender}>`, ...parameters].join(' ');
  }

  /** The failure for a transaction that must not be put on the wire, or null. */
  #unsendable(request: TransactionRequest): Answer | null {
    if (!this.#wire.alive) return null;
    if (LINE_BREAKING.test(request.sender + request.recipient)) {
      this.#wire.fail('network', 'An address with a line break or angle bracket was not sent.');
      return this.#wire.failedAnswer();
    }
    if (!needsSmtpUtf8(request) || offers(this.facts.extensions, 'SMTPUTF8')) return null;
    this.#wire.fail(
      'smtputf8-not-offered',
      `${this.#wire.target.address} does not offer SMTPUTF8, which an address with non-ASCII letters needs.`,
    );
    return this.#wire.failedAnswer();
  }
}

/** The last guard against a second command inside an address; values/mailbox.ts is the first. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are the point
const LINE_BREAKING = /[\u0000-\u001f\u007f<>]/;

function needsSmtpUtf8({ sender, recipient }: TransactionRequest): boolean {
  return !isAscii(sender) || !isAscii(recipient);
}

function isAscii(text: string): boolean {
  return !/[^\p{ASCII}]/u.test(text);
}

function endOf(stage: Stage, answer: Answer, sent: ClockReading): TransactionEnd {
  const { reply, failure, at } = answer;
  return { stage, reply, failure, sent, replied: at };
}
