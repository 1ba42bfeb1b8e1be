import type { Journey } from '../../mail/bounces/journey.js';
import type { Finding } from '../../mail/finding.js';
import { findingOf } from '../../mail/logs/event-finding.js';
import { LogScanner } from '../../mail/logs/log-scanner.js';
import { AttemptJoiner } from './join-attempts.js';
import { DecisionJoiner } from './join-decisions.js';
import { LogTally } from './log-summary.js';
import { Outcomes } from './outcomes.js';

/** Everything that the inputs of one run tell, added up in bounded memory. */
export class Collector {
  readonly tally = new LogTally();
  readonly outcomes = new Outcomes();
  /** Of the first mail that reports nothing. */
  journey: Journey | null = null;
  /** Why an input that was known holds no reply, and where to find it. */
  silent: string | null = null;
  readonly #attempts = new AttemptJoiner((event, line) => {
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
    return new LogScanner((event, line) => this.#joiner.add(event, line), {
      arrivals: false,
      removals: false,
      deliveriesOf: (message) => this.outcomes.follows(message),
    });
  }

  end(): void {
    this.#joiner.end();
    this.#attempts.end();
  }
}
