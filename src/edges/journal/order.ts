import type { ProbeEvent } from '../../core/run/events.js';
import type { Stage } from '../../model/smtp.js';

/** The one connection that is open, as far as the events tell. */
interface OpenSession {
  readonly n: number;
  opened: boolean;
  /** Attempts that began in it. */
  attempts: number;
}

/** A session that did not open ends at one of these; what comes later takes an open one. */
const BEFORE_OPEN: readonly Stage[] = ['connect', 'helo', 'starttls'];

/**
 * Follows the events of one run and notices what cannot have been written by a run: an attempt told
 * twice, a line that is missing, anything before the start or after the end. A run has one connection
 * at a time and one attempt at a time in it, so each thing ends before the next begins.
 */
export class EventOrder {
  #started = false;
  #finished = false;
  #paused = false;
  #located = false;
  #pinned = false;
  #segment = 0;
  #monotonicMs = Number.NEGATIVE_INFINITY;
  #sessions = 0;
  #attempts = 0;
  #session: OpenSession | null = null;
  #attempt: number | null = null;

  /** Why the event cannot come next, in a few words, or null when it can. */
  problemOf(event: ProbeEvent): string | null {
    if (!this.#started) return this.#start(event);
    if (this.#finished) return `'${event.type}' after the end of the run`;
    if (event.type === 'run-started') return 'the run starts a second time';
    if (event.type === 'run-resumed') this.#resume();
    else if (this.#paused) return `'${event.type}' after the pause of the run`;
    return this.#outOfTime(event) ?? this.#next(event);
  }

  #start(event: ProbeEvent): string | null {
    if (event.type !== 'run-started') return `'${event.type}' before the start of the run`;
    this.#started = true;
    return this.#outOfTime(event);
  }

  /** What went on in the process before went down with it. */
  #resume(): void {
    this.#segment += 1;
    this.#monotonicMs = Number.NEGATIVE_INFINITY;
    this.#paused = false;
    this.#session = null;
    this.#attempt = null;
  }

  #outOfTime({ at }: ProbeEvent): string | null {
    if (at.segment !== this.#segment) return `segment ${at.segment} instead of ${this.#segment}`;
    if (at.monotonicMs < this.#monotonicMs) return 'its time is before that of the event above it';
    this.#monotonicMs = at.monotonicMs;
    return null;
  }

  #next(event: Exclude<ProbeEvent, { type: 'run-started' }>): string | null {
    switch (event.type) {
      case 'run-resumed':
        return null;
      case 'hosts-resolved':
      case 'hosts-failed':
        if (this.#located) return 'the mail hosts are told a second time';
        this.#located = true;
        return null;
      case 'host-pinned':
        return this.#pin();
      case 'session-started':
        return this.#startSession(event.session);
      case 'session-opened':
        return this.#openSession(event.session);
      case 'session-ended': {
        const problem = this.#unfinished('attempt') ?? this.#outside(event.session);
        this.#session = null;
        return problem;
      }
      case 'attempt-started':
        return this.#startAttempt(event.n, event.session);
      case 'attempt-finished':
        return this.#finishAttempt(event.n, event.stage);
      case 'run-paused':
        this.#paused = true;
        return this.#unfinished('session');
      case 'run-finished':
        this.#finished = true;
        return this.#unfinished('session');
    }
  }

  /** A host is pinned once it has answered. */
  #pin(): string | null {
    if (this.#pinned) return 'a host is pinned a second time';
    this.#pinned = true;
    const session = this.#session;
    const answered = session !== null && (session.opened || session.attempts > 0);
    return answered ? null : 'a host is pinned, and none has answered';
  }

  #startSession(n: number): string | null {
    if (!this.#located) return 'a session starts, and no mail hosts were told';
    const problem = this.#unfinished('session');
    this.#sessions += 1;
    this.#session = { n, opened: false, attempts: 0 };
    return problem ?? expected('session', n, this.#sessions);
  }

  #openSession(n: number): string | null {
    const session = this.#session;
    if (session?.n !== n) return notOpen('session', n);
    if (session.opened || session.attempts > 0) return `session ${n} opens too late`;
    session.opened = true;
    return null;
  }

  #startAttempt(n: number, inSession: number): string | null {
    const problem = this.#unfinished('attempt') ?? this.#outside(inSession);
    this.#attempts += 1;
    this.#attempt = n;
    const session = this.#session;
    if (problem !== null || session === null) return problem;
    session.attempts += 1;
    if (session.opened && !this.#pinned) return `attempt ${n} starts, and no host was pinned`;
    if (!session.opened && session.attempts > 1) return `session ${inSession} never opened`;
    return expected('attempt', n, this.#attempts);
  }

  #finishAttempt(n: number, stage: Stage): string | null {
    if (this.#attempt !== n) return notOpen('attempt', n);
    this.#attempt = null;
    return this.#session?.opened === false && !BEFORE_OPEN.includes(stage)
      ? `attempt ${n} ends at ${stage}, and its session never opened`
      : null;
  }

  /** What should have ended before. An attempt keeps its session open. */
  #unfinished(what: 'attempt' | 'session'): string | null {
    if (this.#attempt !== null) return `attempt ${this.#attempt} has not ended`;
    if (what === 'session' && this.#session !== null) {
      return `session ${this.#session.n} has not ended`;
    }
    return null;
  }

  #outside(session: number): string | null {
    return this.#session?.n === session ? null : notOpen('session', session);
  }
}

function expected(what: string, got: number, wanted: number): string | null {
  return got === wanted ? null : `${what} ${got} instead of ${wanted}`;
}

function notOpen(what: string, n: number): string {
  return `${what} ${n} goes on or ends, but it is not open`;
}
