import { PURPOSES } from '../../../../../src/core/plan/purposes.js';
import type { ProbeEvent } from '../../../../../src/core/run/events.js';
import type { ProbeRequest } from '../../../../../src/core/run/request.js';
import { foldEvents, type RunState } from '../../../../../src/core/run/state.js';
import type { PinnedHost } from '../../../../../src/model/mail-host.js';
import type { FailureCode, Reply, Stage } from '../../../../../src/model/smtp.js';
import type { Stamp } from '../../../../../src/model/time.js';
import type { Role } from '../../../../../src/model/tuple.js';
import { HOST, request } from './virtual-run.js';

export const PINNED: PinnedHost = { name: 'mx.example.org', address: HOST, port: 25 };

/** An attempt in short: the tuple by its number, and how it ended. */
export interface Told {
  readonly tuple: number;
  readonly role?: Role;
  /** 451 when left out; a failure when `lost` is given; `never` when it has no end. */
  readonly reply?: Partial<Reply>;
  readonly lost?: FailureCode | 'never';
  readonly stage?: Stage;
  /** Other than that of the run. */
  readonly helo?: string;
  readonly client?: string | null;
  readonly sender?: string;
  readonly recipient?: string;
}

const DEFERRED: Reply = { code: 451, enhanced: '4.7.1', text: ['Greylisted'] };
export const ACCEPTED: Partial<Reply> = { code: 250, enhanced: '2.1.5', text: ['Ok'] };

/** An answer takes this long; the attempts of a session follow each other at once. */
const ANSWER_MS = 100;

/** Tells a run session by session and folds it into a state, without an engine. */
export class Story {
  readonly #events: ProbeEvent[] = [];
  #sessions = 0;
  #attempts = 0;

  constructor(changes: Partial<ProbeRequest> = {}) {
    const at = stamp(0);
    this.#events.push(
      { type: 'run-started', at, run: 'run', request: request(changes) },
      {
        type: 'hosts-resolved',
        at,
        mailHosts: [{ name: PINNED.name, preference: 10, addresses: [HOST], origin: 'mx' }],
        warnings: [],
      },
    );
  }

  /** A connection at this age of the run, in seconds; the first one begins, others retry. */
  session(
    seconds: number,
    attempts: readonly Told[],
    host: PinnedHost = PINNED,
    purpose: string = this.#sessions === 0 ? PURPOSES.begin : PURPOSES.climb,
  ): this {
    this.#sessions += 1;
    const session = this.#sessions;
    let ms = seconds * 1000;
    const opened = attempts.some((one) => one.stage !== 'connect');
    this.#events.push({
      type: 'session-started',
      at: stamp(ms),
      session,
      host,
      sourceAddress: null,
      dueMonotonicMs: null,
      purpose,
    });
    if (opened) {
      const facts = { banner: BANNER, greeting: BANNER, extensions: [], tls: null };
      this.#events.push({ type: 'session-opened', at: stamp(ms), session, facts });
    }
    if (session === 1) {
      this.#events.push({ type: 'host-pinned', at: stamp(ms), host, origin: 'mx' });
    }
    for (const attempt of attempts) {
      this.#attempt(attempt, session, ms);
      ms += ANSWER_MS;
    }
    this.#events.push({ type: 'session-ended', at: stamp(ms), session });
    return this;
  }

  #attempt(told: Told, session: number, ms: number): void {
    this.#attempts += 1;
    const n = this.#attempts;
    const tuple = {
      id: [`t${told.tuple}`, told.helo, told.recipient].filter(Boolean).join('-'),
      client: told.client ?? null,
      helo: told.helo ?? 'client.sender.example',
      sender: told.sender ?? senderOf(told.tuple),
      recipient: told.recipient ?? 'user@example.org',
    };
    const role = told.role ?? (n === 1 ? 'first' : 'control');
    this.#events.push({ type: 'attempt-started', at: stamp(ms), n, session, tuple, role });
    if (told.lost === 'never') return;
    this.#events.push({
      type: 'attempt-finished',
      at: stamp(ms + ANSWER_MS),
      n,
      stage: told.stage ?? 'rcpt',
      reply: told.lost === undefined ? { ...DEFERRED, ...told.reply } : null,
      failure: told.lost === undefined ? null : { code: told.lost, message: 'lost' },
      sent: stamp(ms),
      replied: stamp(ms + ANSWER_MS),
    });
  }

  get state(): RunState {
    const state = foldEvents(this.#events);
    if (state === null) throw new Error('a story has a beginning');
    return state;
  }
}

/** The sender of a tuple that is given by its number. */
export function senderOf(tuple: number): string {
  return `sender${'abcdefghijklmnopqrstuvwxyz'[tuple]}@sender.example`;
}

const BANNER: Reply = { code: 220, enhanced: null, text: ['mx.example.org ESMTP'] };

/** Both clocks tell the same; the epoch is a Monday. */
export function stamp(ms: number, segment = 0): Stamp {
  return { segment, monotonicMs: ms, wallMs: Date.UTC(2026, 0, 5, 8) + ms };
}
