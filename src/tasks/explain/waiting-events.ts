import type { LogEvent } from '../../mail/logs/events.js';

/** An event and the number of its line. */
interface Read<Event> {
  readonly event: Event;
  readonly line: number;
}

/** Events that wait for another line about the same thing. What waited in vain passes as it is. */
export class WaitingEvents<Event extends LogEvent> {
  readonly #pass: (event: Event, line: number) => void;
  readonly #waiting = new Map<string, Read<Event>>();

  constructor(pass: (event: Event, line: number) => void) {
    this.#pass = pass;
  }

  get size(): number {
    return this.#waiting.size;
  }

  /** One waits for each key: what waited there passes. */
  hold(key: string, event: Event, line: number): void {
    this.flush(key);
    this.#waiting.set(key, { event, line });
  }

  /** What waited there and does so no more. */
  take(key: string): Read<Event> | undefined {
    const waited = this.#waiting.get(key);
    this.#waiting.delete(key);
    return waited;
  }

  flush(key: string): void {
    const waited = this.take(key);
    if (waited !== undefined) this.#pass(waited.event, waited.line);
  }

  flushOldest(): void {
    const [oldest] = this.#waiting.keys();
    if (oldest !== undefined) this.flush(oldest);
  }

  flushAll(): void {
    for (const key of [...this.#waiting.keys()]) this.flush(key);
  }
}
