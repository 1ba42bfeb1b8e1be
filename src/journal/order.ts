import type { ProbeEvent } from '../probe/events.js';

/**
 * Follows the events of one run and notices what cannot have been written by a run: an attempt told
 * twice, a gap in the numbers, anything before the start or after the end.
 */
export class EventOrder {
  #started = false;
  #finished = false;
  #segment = 0;
  #sessions = 0;
  #attempts = 0;
  readonly #openSessions = new Set<number>();
  readonly #openAttempts = new Set<number>();

  /** Why the event cannot come next, in a few words, or null when it can. */
  problemOf(event: ProbeEvent): string | null {
    if (!this.#started) return this.#start(event);
    if (this.#finished) return `'${event.type}' after the end of the run`;
    const segment = event.type === 'run-resumed' ? this.#segment + 1 : this.#segment;
    if (event.at.segment !== segment) return `segment ${event.at.segment} instead of ${segment}`;
    return this.#next(event);
  }

  #start(event: ProbeEvent): string | null {
    if (event.type !== 'run-started') return `'${event.type}' before the start of the run`;
    if (event.at.segment !== 0) return `segment ${event.at.segment} instead of 0`;
    this.#started = true;
    return null;
  }

  #next(event: ProbeEvent): string | null {
    switch (event.type) {
      case 'run-started':
        return 'the run starts a second time';
      case 'run-resumed':
        // What went on in the process before went down with it.
        this.#segment += 1;
        this.#openSessions.clear();
        this.#openAttempts.clear();
        return null;
      case 'session-started':
        this.#sessions += 1;
        this.#openSessions.add(this.#sessions);
        return expected('session', event.session, this.#sessions);
      case 'session-opened':
        return this.#inSession(event.session);
      case 'session-ended':
        return this.#openSessions.delete(event.session) ? null : notOpen('session', event.session);
      case 'attempt-started':
        this.#attempts += 1;
        this.#openAttempts.add(this.#attempts);
        return expected('attempt', event.n, this.#attempts) ?? this.#inSession(event.session);
      case 'attempt-finished':
        return this.#openAttempts.delete(event.n) ? null : notOpen('attempt', event.n);
      case 'run-finished':
        this.#finished = true;
        return null;
      case 'hosts-resolved':
      case 'hosts-failed':
      case 'host-pinned':
      case 'run-paused':
        return null;
    }
  }

  #inSession(session: number): string | null {
    return this.#openSessions.has(session) ? null : notOpen('session', session);
  }
}

function expected(what: string, got: number, wanted: number): string | null {
  return got === wanted ? null : `${what} ${got} instead of ${wanted}`;
}

function notOpen(what: string, n: number): string {
  return `${what} ${n} goes on or ends, but it is not open`;
}
