import { randomUUID } from 'node:crypto';
import { GreyprobeError } from '../../model/errors.js';
import { EXIT } from '../../model/exit-codes.js';
import type { Clock } from '../../model/ports/clock.js';
import type { Whom } from '../../model/ports/dialer.js';
import type { RedisLink } from './connect.js';
import * as keys from './keys.js';
import type { Rights } from './rights.js';
import type { QueueTiming } from './timing.js';

const HOUR_MS = 3_600_000;
/** What belongs to a survey is kept so long after its coordinator was there last. */
const KEPT_MS = 24 * HOUR_MS;
/** A worker's address without a sign of life is nobody's after so long. */
const GONE_AFTER_RENEWALS = 4;
/** Clocks that run apart by 500 ppm are 30 ms apart by then. */
const CLOCK_HOLDS_MS = 60_000;

/** A connection of the last hour, or a wish to stop, that a Redis must know of. */
export interface PastContact {
  readonly name: string;
  readonly whom: Whom;
  readonly wallMs: number;
  readonly what: 'begin' | 'stop';
}

export interface CoordinatorOptions {
  readonly survey: string;
  readonly clock: Clock;
  readonly timing: QueueTiming;
  /** Those who opted out, as marks; another list once it has changed. */
  readonly optOut: () => readonly string[];
  readonly past: readonly PastContact[];
  readonly onNote: (note: string) => void;
}

/**
 * What the Redis knows of a survey beside its visits: who coordinates it, what was done before, who
 * opted out; and what it tells: which addresses have a worker, and its time.
 */
export class Coordinator {
  /** This process, among all that coordinated the survey. */
  readonly id = randomUUID().slice(0, 18);
  readonly #link: RedisLink;
  readonly #options: CoordinatorOptions;
  readonly #rights: Rights;
  /** Oldest first. */
  readonly #past: PastContact[];
  #sources: readonly string[] = [];
  #optedOut: readonly string[] = [];
  /** Clock of the Redis less the monotonic clock here, as far as that is known, and since when. */
  #redisClock = { offsetMs: 0, withinMs: Number.POSITIVE_INFINITY, readMs: 0 };

  constructor(link: RedisLink, options: CoordinatorOptions, rights: Rights) {
    this.#link = link;
    this.#options = options;
    this.#rights = rights;
    this.#past = options.past.toSorted((one, other) => one.wallMs - other.wallMs);
  }

  /** Addresses that a worker holds now, in order. */
  get sources(): readonly string[] {
    return this.#sources;
  }

  /** The clock of the Redis now: not before the one, not after the other. */
  redisNowMs(): { readonly fromMs: number; readonly likelyMs: number } {
    const { offsetMs, withinMs } = this.#redisClock;
    const likelyMs = this.#nowMs() + offsetMs;
    return { fromMs: likelyMs - withinMs, likelyMs };
  }

  /** A Redis that loses it is told again. */
  remember(contact: PastContact): void {
    this.#past.push(contact);
  }

  /** Takes the survey over from whoever coordinated it before. */
  async takeOver(): Promise<void> {
    await this.#link.redis.del(keys.reportStream(this.#options.survey));
    await this.#register();
    await this.attend();
  }

  /** False once another process has taken over. */
  async isThis(): Promise<boolean> {
    return (await this.#link.redis.get(keys.coordinatorKey(this.#options.survey))) === this.id;
  }

  /** Takes away what nobody needs once the survey has no coordinator. */
  async leave(): Promise<void> {
    const { survey } = this.#options;
    await this.#link.redis.del(
      keys.coordinatorKey(survey),
      keys.optOutKey(survey),
      keys.reportStream(survey),
    );
  }

  /** Says that this survey has a coordinator, and looks which addresses have a worker. */
  async attend(): Promise<void> {
    const { survey, timing, optOut } = this.#options;
    const { redis } = this.#link;
    const goneMs = GONE_AFTER_RENEWALS * timing.renewMs;
    await this.#readClock();
    const coordinator = await redis.get(keys.coordinatorKey(survey));
    if (coordinator === null) {
      this.#options.onNote('The Redis has lost what it knew: nobody connects for a while.');
      await redis.set(keys.QUIET, this.id, 'PX', timing.leaseMs);
      await this.#register();
    } else if (coordinator !== this.id) {
      throw takenOver(survey);
    }
    this.#forgetPast();
    if (optOut() !== this.#optedOut) await this.#tellOptOut();
    await this.#rights.attend(keys.SURVEYS, [survey], goneMs);
    this.#sources = (await this.#rights.attend(keys.SOURCES, [], goneMs)).sort();
    await redis.pexpire(keys.coordinatorKey(survey), KEPT_MS);
    await redis.pexpire(keys.reportStream(survey), KEPT_MS);
  }

  async #register(): Promise<void> {
    const { survey, clock } = this.#options;
    this.#forgetPast();
    const { wallMs } = clock.read();
    await Promise.all(
      this.#past.map(({ name, whom, wallMs: atMs, what }) =>
        what === 'stop'
          ? this.#rights.stop(whom, wallMs - atMs)
          : this.#rights.remember(name, whom, wallMs - atMs),
      ),
    );
    await this.#tellOptOut();
    await this.#link.redis.set(keys.coordinatorKey(survey), this.id, 'PX', KEPT_MS);
  }

  #forgetPast(): void {
    const sinceMs = this.#options.clock.read().wallMs - HOUR_MS;
    const kept = this.#past.findIndex(({ wallMs }) => wallMs > sinceMs);
    this.#past.splice(0, kept === -1 ? this.#past.length : kept);
  }

  async #tellOptOut(): Promise<void> {
    const { survey, optOut } = this.#options;
    const marks = optOut();
    const write = this.#link.redis.multi().del(keys.optOutKey(survey));
    for (const mark of marks) write.sadd(keys.optOutKey(survey), mark);
    await write.exec();
    this.#optedOut = marks;
  }

  async #readClock(): Promise<void> {
    const beforeMs = this.#nowMs();
    const [seconds, micros] = await this.#link.redis.time();
    const readMs = this.#nowMs();
    const withinMs = (readMs - beforeMs) / 2;
    const isOld = readMs - this.#redisClock.readMs > CLOCK_HOLDS_MS;
    if (!isOld && withinMs > this.#redisClock.withinMs) return;
    const offsetMs = Number(seconds) * 1000 + Number(micros) / 1000 - (beforeMs + withinMs);
    this.#redisClock = { offsetMs, withinMs, readMs };
  }

  #nowMs(): number {
    return this.#options.clock.read().monotonicMs;
  }
}

function takenOver(survey: string): GreyprobeError {
  return new GreyprobeError(
    'survey-taken-over',
    `Another process coordinates the survey ${survey} now; this one has stopped.`,
    { exit: EXIT.interrupted },
  );
}
