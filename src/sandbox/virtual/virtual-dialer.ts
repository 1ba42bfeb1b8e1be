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
import type { HostQuery, MailHostBehaviour } from '../mail-host-behaviour.js';
import { type Reaction, ServerSession } from '../server-session.js';
import type { SmtpCommand } from '../smtp-commands.js';
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
interface VirtualTransaction
  extends Pick<HostQuery, 'client' | 'helo' | 'sender' | 'recipient' | 'stage'> {
  readonly address: string;
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
      if (host === undefined) return unreachable(options.clock.read());
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
  readonly #host: VirtualHost;
  readonly #request: DialRequest;
  readonly #signal: AbortSignal | undefined;
  readonly #server: ServerSession;
  /** How long the host takes over its next reply. */
  #pauseMs = 0;
  #open = true;
  #fresh = true;

  constructor(
    options: VirtualDialerOptions,
    host: VirtualHost,
    request: DialRequest,
    session: number,
    signal: AbortSignal | undefined,
    record: (transaction: VirtualTransaction) => void,
  ) {
    this.#options = options;
    this.#host = host;
    this.#request = request;
    this.#signal = signal;
    const { clock } = options;
    this.#server = new ServerSession({
      host: host.name ?? request.address,
      client: request.sourceAddress ?? options.client ?? DEFAULT_CLIENT,
      session,
      behaviour: host.behaviour,
      now: () => clock.worldMs() + (host.clockOffsetMs ?? 0),
      sleep: async (ms) => {
        this.#pauseMs = ms;
      },
      log: ({ client, helo, sender, recipient, stage }, answer) => {
        record({
          address: host.address,
          client,
          helo,
          sender,
          recipient,
          stage,
          reply: typeof answer === 'string' ? null : answer,
          decidedMs: clock.worldMs(),
        });
      },
    });
  }

  async open(): Promise<Dialled> {
    const sent = this.#read();
    const { reply: banner, failure } = await this.#exchange(() => this.#server.greet());
    if (banner === null || failure !== null || banner.code !== 220) {
      this.#open = false;
      return { session: null, end: this.#end('connect', { reply: banner, failure }, sent) };
    }
    const helo = await this.#command({ verb: 'EHLO', name: this.#request.helo });
    if (helo.reply === null || helo.reply.code !== 250) {
      this.#open = false;
      return { session: null, end: this.#end('helo', helo, sent) };
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
    if (!this.#open) return this.#end('mail', failed('connection-closed'), begun);
    if (!this.#fresh) await this.#command({ verb: 'RSET' });
    this.#fresh = false;
    const end = await this.#commands(request);
    if (end.failure !== null || end.reply?.code === 421) this.#open = false;
    return end;
  }

  async #commands(request: TransactionRequest): Promise<TransactionEnd> {
    const { sender, recipient, message } = request;
    let sent = this.#read();
    const mail = await this.#command({ verb: 'MAIL', address: sender });
    if (!isPositive(mail)) return this.#end('mail', mail, sent);
    sent = this.#read();
    const rcpt = await this.#command({ verb: 'RCPT', address: recipient });
    if (!isPositive(rcpt) || request.stage === 'rcpt') return this.#end('rcpt', rcpt, sent);
    const data = await this.#command({ verb: 'DATA' });
    if (!isPositive(data) || request.stage === 'data') {
      // Only an end of the connection takes back a DATA that was answered with 354.
      if (isPositive(data)) this.#open = false;
      return this.#end('data', data, sent);
    }
    const body = await this.#exchange(() => this.#server.message(message ?? ''));
    return this.#end('message', body, sent);
  }

  #command(command: SmtpCommand): Promise<Exchange> {
    return this.#exchange(() => this.#server.command(command));
  }

  /** There, the host's decision, and back. The host decides between the two ways. */
  async #exchange(decide: () => Promise<Reaction>): Promise<Exchange> {
    const deadlineMs = this.#read().monotonicMs + this.#request.timeoutMs;
    if (!(await this.#pass(this.#latency()))) return failed('interrupted');
    this.#pauseMs = 0;
    const step = await decide();
    const backMs = this.#read().monotonicMs + this.#pauseMs + this.#latency();
    if (step.kind === 'silence' || backMs > deadlineMs) {
      const waited = await this.#passUntil(deadlineMs);
      return failed(waited ? 'timeout' : 'interrupted');
    }
    if (!(await this.#passUntil(backMs))) return failed('interrupted');
    if (step.kind === 'reply') return { reply: step.reply, failure: null };
    return failed(step.kind === 'reset' ? 'connection-refused' : 'connection-closed');
  }

  #latency(): number {
    const { low, high } = this.#host.latencyMs ?? DEFAULT_LATENCY_MS;
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

  #end(stage: Stage, { reply, failure }: Exchange, sent: ClockReading): TransactionEnd {
    return { stage, reply, failure, sent, replied: this.#read() };
  }
}

function unreachable(now: ClockReading): Dialled {
  const end = { ...failed('host-unreachable'), stage: 'connect', sent: now, replied: now } as const;
  return { session: null, end };
}

function isPositive(exchange: Exchange): boolean {
  return exchange.reply !== null && exchange.reply.code >= 200 && exchange.reply.code < 400;
}

function failed(code: FailureCode): Exchange {
  return {
    reply: null,
    failure: { code, message: `The simulated connection ended: ${code}.` },
  };
}
