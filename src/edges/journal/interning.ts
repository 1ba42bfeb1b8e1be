import type { ProbeEvent } from '../../core/run/events.js';
import type { SessionFacts } from '../../model/ports/dialer.js';
import type { Reply } from '../../model/smtp.js';

/** Of each kind so many different values are remembered; hostile journals must not grow the memory. */
const MOST_REMEMBERED = 256;

/**
 * Lets the events of one journal share what the server said: a long run hears the same banner and
 * the same reply thousands of times, and they are most of what an event holds. Measured on a journal
 * of 100,000 events (`bench/journal.ts`): 20 MB less of 108, in the same time.
 */
export class EventInterner {
  readonly #facts = new Map<string, SessionFacts>();
  readonly #replies = new Map<string, Reply>();

  /** The event itself, or one equal to it. */
  intern(event: ProbeEvent): ProbeEvent {
    switch (event.type) {
      case 'session-opened':
        return { ...event, facts: remembered(this.#facts, event.facts) };
      case 'attempt-finished':
        return event.reply === null
          ? event
          : { ...event, reply: remembered(this.#replies, event.reply) };
      default:
        return event;
    }
  }
}

function remembered<T>(values: Map<string, T>, value: T): T {
  const key = JSON.stringify(value);
  const known = values.get(key);
  if (known !== undefined) return known;
  if (values.size < MOST_REMEMBERED) values.set(key, value);
  return value;
}
