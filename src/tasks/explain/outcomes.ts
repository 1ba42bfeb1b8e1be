import type { LogSummary } from '../../contract/explain-result.js';
import type { Gone, LogEvent, LoggedAttempt, LoggedDecision } from '../../mail/logs/events.js';
import { LogClock } from '../../mail/logs/log-clock.js';
import { detached } from '../../model/values/detached.js';

/** Refused recipients that are followed at a time. */
const CAPACITY = 8_000;
/** Ages of one recipient that are kept. */
const MAX_AGES = 20;

/** What became of one recipient of a message, or of one tuple of a client, after its first refusal. */
export interface RecipientOutcome {
  /** `waiting`: the log does not tell the end. */
  end: 'delivered' | 'returned' | 'expired' | 'waiting';
  /** Seconds from the first refusal to each later one, in whole seconds; the first is 0. */
  readonly refusedAtSeconds: number[];
  /** Seconds from the first refusal to the end; null where the log gives no times. */
  endedAtSeconds: number | null;
}

interface Followed extends RecipientOutcome {
  readonly recipient: string | null;
  readonly firstStamp: number | null;
  readonly firstSinceArrival: number | null;
}

type OutcomeCounts = NonNullable<LogSummary['outcomes']>;

/** Follows what was refused through a log, in bounded memory: who was delivered later, and when. */
export class Outcomes {
  /** By message, or by the tuple of a client: nearly all have one recipient that is followed. */
  readonly #followed = new Map<string, Followed[]>();
  readonly #clock = new LogClock();
  readonly #done = { delivered: 0, returned: 0, expired: 0 };
  readonly #after: number[] = [];
  /** Recipients that were given up, so that others could be followed. */
  #forgotten = 0;

  /** Notes the event; gives what is followed where it was a refusal, else null. */
  note(event: LogEvent): RecipientOutcome | null {
    switch (event.kind) {
      case 'attempt':
        return this.#noteAttempt(event);
      case 'decision':
        return this.#noteDecision(event);
      case 'gone':
        this.#noteGone(event);
        return null;
      default:
        return null;
    }
  }

  /** True where a recipient of the message was refused, and its end is not known yet. */
  follows(message: string): boolean {
    return this.#followed.has(message);
  }

  /** How the refused ended, added up; null where nothing was followed. */
  counts(): OutcomeCounts | null {
    let waiting = this.#forgotten;
    for (const { length } of this.#followed.values()) waiting += length;
    const after = [...this.#after].sort((a, b) => a - b);
    const [shortest = null] = after;
    const deliveredAfterSeconds =
      shortest === null
        ? null
        : {
            shortest,
            median: after[Math.floor(after.length / 2)] ?? shortest,
            longest: after.at(-1) ?? shortest,
          };
    const { delivered, returned, expired } = this.#done;
    if (delivered + returned + expired + waiting === 0) return null;
    return { ...this.#done, waiting, deliveredAfterSeconds, cut: this.#forgotten > 0 };
  }

  #noteAttempt({
    message,
    recipient,
    when,
    sinceArrivalSeconds,
    outcome,
  }: LoggedAttempt): RecipientOutcome | null {
    if (message === null) return null;
    if (outcome.kind === 'accepted') {
      this.#end(message, recipient, 'delivered', this.#ageAt(when, sinceArrivalSeconds));
      return null;
    }
    if (outcome.kind === 'suspended') return this.#find(message, recipient);
    const followed = this.#refused(message, recipient, when, sinceArrivalSeconds);
    if (outcome.final) {
      this.#end(message, recipient, 'returned', this.#ageAt(when, sinceArrivalSeconds));
    }
    return followed;
  }

  #noteDecision(event: LoggedDecision): RecipientOutcome | null {
    const tuple = `${event.clientAddress}|${event.sender}`;
    if (event.decided === 'refused') {
      return this.#refused(tuple, event.recipient, event.when, null);
    }
    const { ageSeconds } = event;
    const age = ageSeconds === null ? this.#ageAt(event.when, null) : () => ageSeconds;
    this.#end(tuple, event.recipient, 'delivered', age);
    return null;
  }

  #noteGone({ why, message, when }: Gone): void {
    if (why !== 'expired' || message === null) return;
    for (const { recipient } of [...(this.#followed.get(message) ?? [])]) {
      this.#end(message, recipient, 'expired', this.#ageAt(when, null));
    }
  }

  #find(key: string, recipient: string | null): Followed | null {
    return this.#followed.get(key)?.find((one) => one.recipient === recipient) ?? null;
  }

  #refused(
    key: string,
    recipient: string | null,
    when: string | null,
    sinceArrival: number | null,
  ): Followed {
    const known = this.#find(key, recipient);
    if (known !== null) {
      const age = this.#ageAt(when, sinceArrival)(known);
      if (age !== null && known.refusedAtSeconds.length < MAX_AGES) {
        known.refusedAtSeconds.push(age);
      }
      return known;
    }
    const followed: Followed = {
      end: 'waiting',
      refusedAtSeconds: [0],
      endedAtSeconds: null,
      recipient: recipient === null ? null : detached(recipient),
      firstStamp: when === null ? null : this.#clock.seconds(when),
      firstSinceArrival: sinceArrival,
    };
    const others = this.#followed.get(key);
    if (others !== undefined) others.push(followed);
    else {
      if (this.#followed.size >= CAPACITY) this.#forgetSome();
      this.#followed.set(detached(key), [followed]);
    }
    return followed;
  }

  #end(
    key: string,
    recipient: string | null,
    end: 'delivered' | 'returned' | 'expired',
    age: (followed: Followed) => number | null,
  ): void {
    const all = this.#followed.get(key);
    if (all === undefined) return;
    const followed = all.find((one) => one.recipient === recipient);
    if (followed === undefined) return;
    followed.end = end;
    followed.endedAtSeconds = age(followed);
    this.#done[end] += 1;
    if (end === 'delivered' && followed.endedAtSeconds !== null && this.#after.length < CAPACITY) {
      this.#after.push(followed.endedAtSeconds);
    }
    if (all.length === 1) this.#followed.delete(key);
    else all.splice(all.indexOf(followed), 1);
  }

  /** From the first refusal, by the age of the message where it is logged, else by the clock. */
  #ageAt(when: string | null, sinceArrival: number | null): (followed: Followed) => number | null {
    return ({ firstSinceArrival, firstStamp }) => {
      if (sinceArrival !== null && firstSinceArrival !== null) {
        return Math.round(sinceArrival - firstSinceArrival);
      }
      const stamp = when === null ? null : this.#clock.seconds(when);
      return stamp === null || firstStamp === null ? null : Math.round(stamp - firstStamp);
    };
  }

  #forgetSome(): void {
    let left = CAPACITY / 2;
    for (const [key, { length }] of this.#followed) {
      if (left === 0) break;
      this.#forgotten += length;
      this.#followed.delete(key);
      left -= 1;
    }
  }
}
