import type { LogEvent, LoggedDecision } from '../../mail/logs/events.js';
import { WaitingEvents } from './waiting-events.js';

/** Decisions that wait for, or have met, the other line about the same. */
const MAX_OPEN = 32;

/**
 * A greylister and its mail server both log one decision, often in one file. This makes one of two: the
 * words of the server with the name of the greylister. Other events pass.
 */
export class DecisionJoiner {
  readonly #pass: (event: LogEvent, line: number) => void;
  /** Decisions of a greylister without words, by tuple. */
  readonly #waiting: WaitingEvents<LoggedDecision>;
  /** Decisions with words that have just passed, by tuple and time. */
  readonly #passed = new Set<string>();

  constructor(pass: (event: LogEvent, line: number) => void) {
    this.#pass = pass;
    this.#waiting = new WaitingEvents<LoggedDecision>(pass);
  }

  add(event: LogEvent, line: number): void {
    if (event.kind !== 'decision') {
      this.#pass(event, line);
      return;
    }
    const tuple = `${event.sender}|${event.recipient}`;
    if (event.decided !== 'refused') {
      this.#waiting.flush(tuple);
      this.#pass(event, line);
      return;
    }
    if (event.reply === null) {
      // Some lines have no time: then the one before them is meant.
      if (this.#passed.delete(`${tuple}|${event.when}`)) return;
      if (event.when === null && this.#passed.delete(`${tuple}|`)) return;
      this.#waiting.hold(tuple, event, line);
      if (this.#waiting.size > MAX_OPEN) this.#waiting.flushOldest();
      return;
    }
    const other = this.#waiting.take(tuple);
    this.#remember(`${tuple}|${event.when}`);
    this.#remember(`${tuple}|`);
    this.#pass(
      other === undefined
        ? event
        : {
            ...event,
            greylister: other.event.greylister,
            early: other.event.early,
            missingSeconds: other.event.missingSeconds,
            client: event.client ?? other.event.client,
            clientAddress: event.clientAddress ?? other.event.clientAddress,
          },
      line,
    );
  }

  /** What waited in vain passes as it is. */
  end(): void {
    this.#waiting.flushAll();
  }

  #remember(key: string): void {
    if (this.#passed.size >= MAX_OPEN) this.#passed.clear();
    this.#passed.add(key);
  }
}
