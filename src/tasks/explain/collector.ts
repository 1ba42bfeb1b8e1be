import { cleanAddress } from '../../mail/addresses.js';
import type { Journey } from '../../mail/bounces/journey.js';
import type { Finding } from '../../mail/finding.js';
import { findingOf } from '../../mail/logs/event-finding.js';
import type { LogEvent } from '../../mail/logs/events.js';
import { LogScanner } from '../../mail/logs/log-scanner.js';
import { detached } from '../../model/values/detached.js';
import { AttemptJoiner } from './join-attempts.js';
import { DecisionJoiner } from './join-decisions.js';
import { LogTally } from './log-summary.js';
import { Outcomes } from './outcomes.js';

/** Messages whose senders are kept: those of a log that a person reads. */
const MAX_SENDERS = 5_000;

/** Everything that the inputs of one run tell, added up in bounded memory. */
export class Collector {
  readonly tally = new LogTally();
  readonly outcomes = new Outcomes();
  /** Of the first mail that reports nothing. */
  journey: Journey | null = null;
  /** Why an input that was known holds no reply, and where to find it. */
  silent: string | null = null;
  /** By message: lines of a refusal seldom name the sender. */
  readonly #senders = new Map<string, string>();
  readonly #attempts = new AttemptJoiner((read, line) => {
    const event = this.#withSender(read);
    const outcome = this.outcomes.note(event);
    const found = findingOf(event);
    if (found !== null) this.tally.add(found, line, outcome);
  });
  readonly #joiner = new DecisionJoiner((event, line) => this.#attempts.add(event, line));

  /** A finding that is no line of a log. */
  add(found: Finding): void {
    this.tally.add(found, null, null);
  }

  /** A reader of logs whose refusals are collected. */
  scanner(): LogScanner {
    const hasRoom = () => this.#senders.size < MAX_SENDERS;
    return new LogScanner((event, line) => this.#joiner.add(event, line), {
      get arrivals() {
        return hasRoom();
      },
      removals: false,
      deliveriesOf: (message) => this.outcomes.follows(message),
    });
  }

  #withSender(event: LogEvent): LogEvent {
    if (event.kind === 'active' && event.message !== null && this.#senders.size < MAX_SENDERS) {
      this.#senders.set(detached(event.message), detached(event.sender));
    }
    if (event.kind !== 'attempt' || event.sender !== null || event.message === null) return event;
    const sender = this.#senders.get(event.message);
    return sender === undefined ? event : { ...event, sender: cleanAddress(sender) };
  }

  end(): void {
    this.#joiner.end();
    this.#attempts.end();
  }
}
