import type { LogSummary } from '../../contract/explain-result.js';
import type { Attempt, Decision, Gone, LogEvent } from '../../mail/logs/events.js';
import { LogClock } from '../../mail/logs/log-clock.js';
import { detached } from './bounded-tally.js';

/** Refused recipients that are followed at a time. */
const CAPACITY = 30_000;
/** Ages of one recipient that are kept. */
const MAX_AGES = 20;

/** What became of one recipient of a message, or of one tuple of a client, after its first refusal. */
export interface Outcome {
  /** `waiting`: the log does not tell the end. */
  end: 'delivered' | 'returned' | 'expired' | 'waiting';
  /** Seconds from the first refusal to each later one, in whole seconds; the first is 0. */
  readonly refusedAtSeconds: number[];
  /** Seconds from the first refusal to the end; null where the log gives no times. */
  endedAtSeconds: number | null;
}

interface Followed extends Outcome {
  readonly firstStamp: number | null;
  readonly firstSinceArrival: number | null;
}

type OutcomeCounts = NonNullable<LogSummary['outcomes']>;

/** Follows what was refused through a log, in bounded memory: who was delivered later, and when. */
export class Outcomes {
  readonly #followed = new Map<string, Followed>();
  readonly #byMessage = new Map<string, string[]>();
  readonly #clock = new LogClock();
  readonly #done = { delivered: 0, returned: 0, expired: 0 };
  readonly #after: number[] = [];
  #cut = false;

  /** Notes the event; gives what is followed where it was a refusal, else null. */
  note(event: LogEvent): Outcome | null {
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

  /** How the refused ended, added up; null where nothing was followed. */
  counts(): OutcomeCounts | null {
    let waiting = 0;
    for (const { end } of this.#followed.values()) if (end === 'waiting') waiting += 1;
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
    return { ...this.#done, waiting, deliveredAfterSeconds, cut: this.#cut };
  }

  #noteAttempt(event: Attempt): Outcome | null {
    if (event.message === null && event.sender === null) return null;
    const key = `${event.message ?? event.sender}|${event.instance}|${event.recipient}`;
    const { outcome } = event;
    if (outcome.kind === 'accepted') {
      this.#end(key, 'delivered', event.when, event.sinceArrivalSeconds);
      return null;
    }
    if (outcome.kind === 'suspended') return this.#followed.get(key) ?? null;
    const followed = this.#refused(key, event.when, event.sinceArrivalSeconds);
    if (event.message !== null) this.#join(event.message, key);
    if (outcome.final) this.#end(key, 'returned', event.when, event.sinceArrivalSeconds);
    return followed;
  }

  #noteDecision(event: Decision): Outcome | null {
    const key = `${event.clientAddress}|${event.sender}|${event.recipient}`;
    if (event.decided === 'refused') return this.#refused(key, event.when, null);
    this.#end(key, 'delivered', event.when, null, event.ageSeconds);
    return null;
  }

  #noteGone(event: Gone): void {
    if (event.why !== 'expired' || event.message === null) return;
    for (const key of this.#byMessage.get(event.message) ?? [])
      this.#end(key, 'expired', event.when, null);
    this.#byMessage.delete(event.message);
  }

  #join(message: string, key: string): void {
    const keys = this.#byMessage.get(message);
    if (keys === undefined) this.#byMessage.set(detached(message), [key]);
    else if (!keys.includes(key) && keys.length < MAX_AGES) keys.push(key);
  }

  #refused(key: string, when: string | null, sinceArrival: number | null): Followed {
    const known = this.#followed.get(key);
    if (known !== undefined && known.end === 'waiting') {
      const age = this.#age(known, when, sinceArrival);
      if (age !== null && known.refusedAtSeconds.length < MAX_AGES)
        known.refusedAtSeconds.push(age);
      return known;
    }
    if (this.#followed.size >= CAPACITY) this.#forgetSome();
    const followed: Followed = {
      end: 'waiting',
      refusedAtSeconds: [0],
      endedAtSeconds: null,
      firstStamp: when === null ? null : this.#clock.seconds(when),
      firstSinceArrival: sinceArrival,
    };
    this.#followed.set(detached(key), followed);
    return followed;
  }

  #end(
    key: string,
    end: 'delivered' | 'returned' | 'expired',
    when: string | null,
    sinceArrival: number | null,
    toldAge: number | null = null,
  ): void {
    const followed = this.#followed.get(key);
    if (followed === undefined || followed.end !== 'waiting') return;
    followed.end = end;
    followed.endedAtSeconds = toldAge ?? this.#age(followed, when, sinceArrival);
    this.#done[end] += 1;
    if (end === 'delivered' && followed.endedAtSeconds !== null && this.#after.length < CAPACITY) {
      this.#after.push(followed.endedAtSeconds);
    }
    this.#followed.delete(key);
  }

  /** From the first refusal, by the age of the message where it is logged, else by the clock. */
  #age(followed: Followed, when: string | null, sinceArrival: number | null): number | null {
    if (sinceArrival !== null && followed.firstSinceArrival !== null) {
      return Math.round(sinceArrival - followed.firstSinceArrival);
    }
    const stamp = when === null ? null : this.#clock.seconds(when);
    if (stamp === null || followed.firstStamp === null) return null;
    return Math.round(stamp - followed.firstStamp);
  }

  #forgetSome(): void {
    this.#cut = true;
    let left = CAPACITY / 2;
    for (const key of this.#followed.keys()) {
      if (left === 0) break;
      this.#followed.delete(key);
      left -= 1;
    }
    this.#byMessage.clear();
  }
}
