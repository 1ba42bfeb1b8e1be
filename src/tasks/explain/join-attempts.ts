import type { LogEvent, LoggedAttempt, PassedOver } from '../../mail/logs/events.js';
import { WaitingEvents } from './waiting-events.js';

/** Messages of which a refusal waits for the line of the recipient. */
const MAX_OPEN = 32;

/**
 * Exim logs a refusal by the host, and then by the recipient, also where there was no other host. This
 * makes one of the two; a host that was passed over, and other events, pass.
 */
export class AttemptJoiner {
  readonly #pass: (event: LogEvent, line: number) => void;
  readonly #waiting: WaitingEvents<PassedOver>;

  constructor(pass: (event: LogEvent, line: number) => void) {
    this.#pass = pass;
    this.#waiting = new WaitingEvents<PassedOver>(pass);
  }

  add(event: LogEvent, line: number): void {
    if (event.kind === 'passed-over' && event.message !== null) {
      this.#waiting.flush(event.message);
      if (this.#waiting.size >= MAX_OPEN) this.end();
      this.#waiting.hold(event.message, event, line);
      return;
    }
    if (this.#waiting.size > 0 && event.kind === 'attempt') {
      const host = this.#waiting.take(event.message ?? '');
      if (host !== undefined && !isSame(host.event, event)) this.#pass(host.event, host.line);
    }
    this.#pass(event, line);
  }

  /** What waited in vain passes as it is. */
  end(): void {
    this.#waiting.flushAll();
  }
}

function isSame(host: PassedOver, { address, outcome }: LoggedAttempt): boolean {
  if (outcome.kind !== 'refused' || host.address !== address) return false;
  const { code, text } = outcome.reply;
  return host.outcome.reply.code === code && host.outcome.reply.text.join() === text.join();
}
