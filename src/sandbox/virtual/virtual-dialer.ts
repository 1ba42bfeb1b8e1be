import type {
  Dialer,
  Dialled,
  DialRequest,
  Session,
  SessionFacts,
  TransactionRequest,
} from '../../model/ports/dialer.js';
import type { Random } from '../../model/ports/random.js';
import type { Failure, FailureCode, Reply, Stage, TransactionEnd } from '../../model/smtp.js';
import type { ClockReading } from '../../model/time.js';
import type { DecisionStage } from '../greylister-policy.js';
import {
  ask,
  type Dialogue,
  type HostAnswer,
  type HostQuery,
  type MailHostBehaviour,
  PLAIN_DIALOGUE,
} from '../mail-host-behaviour.js';
import { messageIdOf } from '../message-id.js';
import { fillReply, placeholdersOf } from '../reply-template.js';
import type { VirtualClock } from './virtual-clock.js';
import { drawBetween } from './virtual-random.js';

/** A simulated mail host. */
export interface VirtualHost {
  /** Address literal, as the dialer is given it. */
  readonly address: string;
  /** Name in banner and greeting; the address when left out. */
  readonly name?: string;
  readonly behaviour: MailHostBehaviour;
  /** One way, in whole milliseconds, drawn anew for each; without it 5 to 60. */
  readonly latencyMs?: { readonly low: number; readonly high: number };
  /** How far the host's clock is ahead of the true time. */
  readonly clockOffsetMs?: number;
}

export interface VirtualDialerOptions {
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly hosts: readonly VirtualHost[];
  /** Client address when the request names none. */
  readonly client?: string;
}

/** One transaction as the simulated world saw it, for tests that need the truth. */
interface VirtualTransaction {
  readonly address: string;
  readonly client: string;
  readonly helo: string;
  readonly sender: string;
  readonly recipient: string;
  readonly stage: Stage;
  readonly reply: Reply | null;
  /** True time at which the host decided, in milliseconds since the epoch. */
  readonly decidedMs: number;
}

/** A dialer without sockets. Time passes only as its latencies and pauses say. */
export interface VirtualDialer extends Dialer {
  /** What was decided, in order. */
  readonly transactions: readonly VirtualTransaction[];
  /** Connections that were tried. */
  readonly connections: number;
}

const DEFAULT_LATENCY_MS = { low: 5, high: 60 };
const DEFAULT_CLIENT = '192.0.2.25';

/** Creates a dialer to simulated mail hosts. An address without a host is unreachable. */
export function createVirtualDialer(options: VirtualDialerOptions): VirtualDialer {
  const hosts = new Map(options.hosts.map((host) => [host.address, host]));
  const transactions: VirtualTransaction[] = [];
  let connections = 0;

  return {
    transactions,
    get connections() {
      return connections;
    },
    async dial(request, signal) {
      connections += 1;
      const host = hosts.get(request.address);
      const line = new VirtualLine(options, host, request, connections, signal, (transaction) => {
        transactions.push(transaction);
      });
      return line.open();
    },
  };
}

/** What came back over the line for one command. */
interface Exchange {
  readonly reply: Reply | null;
  readonly failure: Failure | null;
}

/** A connection from one client to one host. */
class VirtualLine {
  readonly #options: VirtualDialerOptions;
  readonly #host: VirtualHost | undefined;
  readonly #request: DialRequest;
  readonly #session: number;
  readonly #signal: AbortSignal | undefined;
  readonly #record: (transaction: VirtualTransaction) => void;
  readonly #dialogue: Dialogue;
  #open = true;
  #fresh = true;

  constructor(
    options: VirtualDialerOptions,
    host: VirtualHost | undefined,
    request: DialRequest,
    session: number,
    signal: AbortSignal | undefined,
    record: (transaction: VirtualTransaction) => void,
  ) {
    this.#options = options;
    this.#host = host;
    this.#request = request;
    this.#session = session;
    this.#signal = signal;
    this.#record = record;
    this.#dialogue = { ...PLAIN_DIALOGUE, ...host?.behaviour.dialogue };
  }

  async open(): Promise<Dialled> {
    const sent = this.#read();
    if (this.#host === undefined) return this.#ended('host-unreachable', sent);
    const query = this.#query('connect', '', '', null);
    const { reply: banner, failure } = await this.#exchange(query, this.#dialogue.banner);
    if (banner === null || failure !== null || banner.code !== 220) {
      this.#open = false;
      return { session: null, end: this.#end('connect', banner, failure, sent) };
    }
    const helo = await this.#exchange(null, this.#dialogue.greeting);
    if (helo.reply === null || helo.reply.code !== 250) {
      this.#open = false;
      return { session: null, end: this.#end('helo', helo.reply, helo.failure, sent) };
    }
    return { session: this.#opened(banner, helo.reply), end: null };
  }

  #opened(banner: Reply, greeting: Reply): Session {
    const line = this;
    const facts: SessionFacts = {
      banner,
      greeting,
      extensions: greeting.text.slice(1).map((keyword) => keyword.toUpperCase()),
      tls: null,
    };
    return {
      facts,
      get open() {
        return line.#open;
      },
      unasked: null,
      transact: (request) => line.#transact(request),
      quit: () => line.#quit(),
    };
  }

  async #quit(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    await this.#pass(this.#latency() + this.#latency(), false);
  }

  async #transact(request: TransactionRequest): Promise<TransactionEnd> {
    const begun = this.#read();
    if (!this.#open) {
      return this.#end('mail', null, problem('connection-closed'), begun);
    }
    if (!this.#fresh) await this.#exchange(null, { code: 250, enhanced: '2.0.0', text: ['Ok'] });
    this.#fresh = false;
    const end = await this.#commands(request);
    if (end.failure !== null || end.reply?.code === 421) this.#open = false;
    return end;
  }

  async #commands(request: TransactionRequest): Promise<TransactionEnd> {
    const { sender, recipient, message } = request;
    let sent = this.#read();
    const mail = await this.#step('mail', sender, '', null);
    if (!isPositive(mail)) return this.#end('mail', mail.reply, mail.failure, sent);
    sent = this.#read();
    const rcpt = await this.#step('rcpt', sender, recipient, null);
    if (!isPositive(rcpt) || request.stage === 'rcpt') {
      return this.#end('rcpt', rcpt.reply, rcpt.failure, sent);
    }
    const data = await this.#step('data', sender, recipient, null);
    if (!isPositive(data) || request.stage === 'data') {
      // Only an end of the connection takes back a DATA that was answered with 354.
      if (isPositive(data)) this.#open = false;
      return this.#end('data', data.reply, data.failure, sent);
    }
    const body = await this.#step('message', sender, recipient, message ?? '');
    return this.#end('message', body.reply, body.failure, sent);
  }

  async #step(
    stage: DecisionStage,
    sender: string,
    recipient: string,
    body: string | null,
  ): Promise<Exchange> {
    const friendly = stage === 'connect' ? this.#dialogue.banner : this.#dialogue[stage];
    return this.#exchange(this.#query(stage, sender, recipient, body), friendly);
  }

  /** There, the host's decision, and back. The host decides between the two ways. */
  async #exchange(
    query: (HostQuery & { readonly stage: DecisionStage }) | null,
    friendly: Reply,
  ): Promise<Exchange> {
    const deadlineMs = this.#read().monotonicMs + this.#request.timeoutMs;
    if (!(await this.#pass(this.#latency()))) return failed('interrupted');
    const answer = query === null ? null : this.#decide(query);
    const pauseMs = query === null ? 0 : (this.#host?.behaviour.pauseMs?.(query) ?? 0);
    const backMs = this.#read().monotonicMs + pauseMs + this.#latency();
    if (answer === 'silence' || backMs > deadlineMs) {
      const waited = await this.#passUntil(deadlineMs);
      return failed(waited ? 'timeout' : 'interrupted');
    }
    if (!(await this.#passUntil(backMs))) return failed('interrupted');
    if (answer === 'refuse') return failed('connection-refused');
    if (answer === 'close') return failed('connection-closed');
    const host = this.#host?.name ?? this.#request.address;
    const values = query === null ? { host } : placeholdersOf(query);
    return { reply: answer ?? fillReply(friendly, values), failure: null };
  }

  #decide(query: HostQuery & { readonly stage: DecisionStage }): HostAnswer {
    if (this.#host === undefined) return null;
    const atMs = this.#options.clock.worldMs() + (this.#host.clockOffsetMs ?? 0);
    const answer = ask(this.#host.behaviour, { ...query, atMs });
    this.#record({
      address: this.#host.address,
      client: query.client,
      helo: query.helo,
      sender: query.sender,
      recipient: query.recipient,
      stage: query.stage,
      reply: typeof answer === 'string' ? null : answer,
      decidedMs: this.#options.clock.worldMs(),
    });
    return answer;
  }

  #query(
    stage: DecisionStage,
    sender: string,
    recipient: string,
    body: string | null,
  ): HostQuery & { readonly stage: DecisionStage } {
    return {
      host: this.#host?.name ?? this.#request.address,
      client: this.#request.sourceAddress ?? this.#options.client ?? DEFAULT_CLIENT,
      helo: stage === 'connect' ? '' : this.#request.helo,
      sender,
      recipient,
      stage,
      messageId: body === null ? null : messageIdOf(body),
      body,
      session: this.#session,
      atMs: this.#options.clock.worldMs(),
    };
  }

  #latency(): number {
    const { low, high } = this.#host?.latencyMs ?? DEFAULT_LATENCY_MS;
    return drawBetween(this.#options.random, low, high);
  }

  #pass(ms: number, interruptible = true): Promise<boolean> {
    return this.#passUntil(this.#read().monotonicMs + ms, interruptible);
  }

  /** Lets time pass; false when the caller's signal ended it. */
  async #passUntil(monotonicMs: number, interruptible = true): Promise<boolean> {
    try {
      await this.#options.clock.sleepUntil(monotonicMs, interruptible ? this.#signal : undefined);
      return true;
    } catch {
      return false;
    }
  }

  #read(): ClockReading {
    return this.#options.clock.read();
  }

  #ended(code: FailureCode, sent: ClockReading): Dialled {
    this.#open = false;
    return { session: null, end: this.#end('connect', null, problem(code), sent) };
  }

  #end(
    stage: Stage,
    reply: Reply | null,
    failure: Failure | null,
    sent: ClockReading,
  ): TransactionEnd {
    return { stage, reply, failure, sent, replied: this.#read() };
  }
}

function isPositive(exchange: Exchange): boolean {
  return exchange.reply !== null && exchange.reply.code >= 200 && exchange.reply.code < 400;
}

function failed(code: FailureCode): Exchange {
  return { reply: null, failure: problem(code) };
}

function problem(code: FailureCode): Failure {
  return { code, message: `The simulated connection ended: ${code}.` };
}
