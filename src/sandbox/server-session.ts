import type { Reply } from '../model/smtp.js';
import type { DecisionStage } from './greylister-policy.js';
import { LineSplitter } from './line-splitter.js';
import {
  ask,
  type Dialogue,
  type HostAnswer,
  type HostQuery,
  type MailHostBehaviour,
  PLAIN_DIALOGUE,
} from './mail-host-behaviour.js';
import { fillReply, placeholdersOf } from './reply-template.js';
import { parseCommand, type SmtpCommand } from './smtp-commands.js';

/** What a session needs to know of its host and its client. */
export interface SessionContext {
  readonly host: string;
  readonly client: string;
  /** Tells the sessions of a host apart. */
  readonly session: number;
  readonly behaviour: MailHostBehaviour;
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** Told of each decision, and of what is said: the host's usual reply where it decided nothing. */
  readonly log: (query: HostQuery, answer: HostAnswer, said: Reply | string) => void;
}

/** What to do next on the connection. */
export type Reaction =
  | { readonly kind: 'reply'; readonly reply: Reply; readonly thenClose: boolean }
  | { readonly kind: 'close' | 'reset' | 'silence' | 'nothing' };

const LONGEST_LINE = 2_048;
const LONGEST_MESSAGE = 1_048_576;

const OK: Reply = { code: 250, enhanced: '2.0.0', text: ['Ok'] };
const BYE: Reply = { code: 221, enhanced: '2.0.0', text: ['Bye'] };
const NO_SEQUENCE: Reply = { code: 503, enhanced: '5.5.1', text: ['Bad sequence of commands'] };
const NO_SYNTAX: Reply = { code: 501, enhanced: '5.5.4', text: ['Syntax error'] };
const UNKNOWN: Reply = { code: 502, enhanced: '5.5.2', text: ['Command not recognized'] };
const NOT_VERIFIED: Reply = { code: 252, enhanced: '2.0.0', text: ['Cannot verify, will try'] };
const TOO_LONG: Reply = { code: 500, enhanced: '5.5.6', text: ['Line too long'] };
const BARE_LF: Reply = { code: 500, enhanced: '5.5.2', text: ['Lines end with CR LF'] };
const TOO_BIG: Reply = { code: 552, enhanced: '5.3.4', text: ['Message too big'] };

/** The server's side of one SMTP session, without its socket. */
export class ServerSession {
  readonly #context: SessionContext;
  readonly #dialogue: Dialogue;
  readonly #lines = new LineSplitter(LONGEST_LINE);
  #helo = '';
  #sender: string | null = null;
  #recipient: string | null = null;
  /** Lines of the body; null outside of DATA. */
  #body: string[] | null = null;
  #bodyBytes = 0;

  constructor(context: SessionContext) {
    this.#context = context;
    this.#dialogue = { ...PLAIN_DIALOGUE, ...context.behaviour.dialogue };
  }

  /** What to say to a client that has just connected. */
  greet(): Promise<Reaction> {
    return this.#decide('connect', null, this.#dialogue.banner);
  }

  /** Steps for what the client sent, in order; stop at the first that ends the session. */
  async *receive(chunk: Buffer): AsyncGenerator<Reaction> {
    for (const line of this.#lines.push(chunk)) {
      if (typeof line !== 'string') {
        yield last(line.fault === 'bare-lf' ? BARE_LF : TOO_LONG);
        return;
      }
      yield this.#body === null
        ? await this.command(parseCommand(line))
        : await this.#bodyLine(line);
    }
  }

  /** What to say to a command, which comes when the last one was answered. */
  async command(command: SmtpCommand): Promise<Reaction> {
    switch (command.verb) {
      case 'EHLO':
      case 'HELO':
        return this.#hello(command.verb, command.name);
      case 'MAIL':
        return this.#mail(command.address);
      case 'RCPT':
        return this.#rcpt(command.address);
      case 'DATA':
        return this.#data();
      case 'RSET':
        this.#reset();
        return say(OK);
      case 'NOOP':
        return say(OK);
      case 'VRFY':
        return say(NOT_VERIFIED);
      case 'QUIT':
        return last(BYE);
      case 'malformed':
        return say(NO_SYNTAX);
      case 'unknown':
        return say(UNKNOWN);
    }
  }

  #hello(verb: 'EHLO' | 'HELO', name: string): Reaction {
    this.#helo = name;
    this.#reset();
    const greeting = fillReply(this.#dialogue.greeting, { host: this.#context.host });
    return say(verb === 'EHLO' ? greeting : { ...greeting, text: greeting.text.slice(0, 1) });
  }

  async #mail(address: string): Promise<Reaction> {
    if (this.#helo === '' || this.#sender !== null) return say(NO_SEQUENCE);
    this.#sender = address;
    const step = await this.#decide('mail', null, this.#dialogue.mail);
    if (!isPositive(step)) this.#sender = null;
    return step;
  }

  async #rcpt(address: string): Promise<Reaction> {
    if (this.#sender === null) return say(NO_SEQUENCE);
    const before = this.#recipient;
    this.#recipient = address;
    const step = await this.#decide('rcpt', null, this.#dialogue.rcpt);
    if (!isPositive(step)) this.#recipient = before;
    return step;
  }

  async #data(): Promise<Reaction> {
    if (this.#recipient === null) return say(NO_SEQUENCE);
    const step = await this.#decide('data', null, this.#dialogue.data);
    if (isPositive(step)) {
      this.#body = [];
      this.#bodyBytes = 0;
    }
    return step;
  }

  async #bodyLine(line: string): Promise<Reaction> {
    if (line !== '.') {
      this.#keep(line.startsWith('.') ? line.slice(1) : line);
      return { kind: 'nothing' };
    }
    return this.#bodyBytes > LONGEST_MESSAGE
      ? this.#tooBig()
      : this.message((this.#body ?? []).join('\r\n'));
  }

  #tooBig(): Reaction {
    this.#reset();
    return say(TOO_BIG);
  }

  /** What to say to the end of a message that came after DATA. */
  async message(body: string): Promise<Reaction> {
    const step = await this.#decide('message', body, this.#dialogue.message);
    this.#reset();
    return step;
  }

  #keep(line: string): void {
    this.#bodyBytes += Buffer.byteLength(line) + 2;
    if (this.#bodyBytes <= LONGEST_MESSAGE) this.#body?.push(line);
  }

  #reset(): void {
    this.#sender = null;
    this.#recipient = null;
    this.#body = null;
  }

  async #decide(stage: DecisionStage, body: string | null, friendly: Reply): Promise<Reaction> {
    const query = {
      host: this.#context.host,
      client: this.#context.client,
      helo: this.#helo,
      sender: this.#sender ?? '',
      recipient: this.#recipient ?? '',
      stage,
      messageId: body === null ? null : messageIdOf(body),
      body,
      session: this.#context.session,
      atMs: this.#context.now(),
    };
    const answer = ask(this.#context.behaviour, query);
    await this.#context.sleep(this.#context.behaviour.pauseMs?.(query) ?? 0);
    const usual = fillReply(friendly, placeholdersOf(query));
    const said = answer ?? usual;
    this.#context.log(query, answer, said);
    return toReaction(said);
  }
}

function toReaction(answer: Exclude<HostAnswer, null>): Reaction {
  if (answer === 'close') return { kind: 'close' };
  if (answer === 'refuse') return { kind: 'reset' };
  if (answer === 'silence') return { kind: 'silence' };
  // RFC 5321 §3.8: 421 announces that the server closes the channel.
  return answer.code === 421 ? last(answer) : say(answer);
}

function say(reply: Reply): Reaction {
  return { kind: 'reply', reply, thenClose: false };
}

function last(reply: Reply): Reaction {
  return { kind: 'reply', reply, thenClose: true };
}

function isPositive(step: Reaction): boolean {
  return step.kind === 'reply' && step.reply.code < 400;
}

/** Message-ID of a message's header, or null. */
export function messageIdOf(message: string): string | null {
  const header = message.split(/\r?\n\r?\n/, 1)[0] ?? '';
  return /^message-id:\s*(<[^>\r\n]*>)/im.exec(header)?.[1] ?? null;
}
