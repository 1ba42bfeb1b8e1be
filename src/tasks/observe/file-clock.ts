import type { LogEvent } from '../../mail/logs/events.js';
import { LogClock } from '../../mail/logs/log-clock.js';
import { arrivalOfEximId } from '../../mail/logs/sources/exim.js';

/** A step back of an hour is the end of summer time; two of them are at least half a year apart. */
const LEAST_STEP_SECONDS = 3000;
const MOST_STEP_SECONDS = 3660;
const HOUR_SECONDS = 3600;
const HALF_YEAR_SECONDS = 150 * 86_400;
/** Zones differ from UTC by quarters of an hour. */
const ZONE_STEP_SECONDS = 900;
/** Between what a log dates and what else tells the time of it. */
const TOLERANCE_SECONDS = 60;

/**
 * The times of one log as seconds that go on where the clock of its machine is set: over a new year,
 * over the end of summer time, and in UTC where something in the log tells the zone.
 */
export class FileClock {
  readonly #clock: LogClock;
  #latest = Number.NEGATIVE_INFINITY;
  #offset: number;
  #steppedAt = Number.NEGATIVE_INFINITY;
  /** Many lines have the time of the one before. */
  #before: string | null = null;
  #beforeAt: number | null = null;

  /** `year`: of the first time, where it names none. `offset`: from its times to UTC, as far as that is known. */
  constructor(year: number, offset = 0) {
    this.#clock = new LogClock(year);
    this.#offset = offset;
  }

  /** Seconds from the times of the log to UTC. */
  get offset(): number {
    return this.#offset;
  }

  /** Seconds since 1970; null for what is no time. */
  seconds(when: string | null): number | null {
    if (when !== this.#before) {
      this.#beforeAt = this.#read(when);
      this.#before = when;
    }
    return this.#beforeAt;
  }

  #read(when: string | null): number | null {
    const read = when === null ? null : this.#clock.seconds(when);
    if (read === null) return null;
    const at = read + this.#offset;
    const back = this.#latest - at;
    const isStep = back > LEAST_STEP_SECONDS && back < MOST_STEP_SECONDS;
    if (isStep && !namesZone(when) && at - this.#steppedAt > HALF_YEAR_SECONDS) {
      this.#offset += HOUR_SECONDS;
      this.#steppedAt = at;
      return at + HOUR_SECONDS;
    }
    if (at > this.#latest) this.#latest = at;
    return at;
  }

  /** Something that the log dates `at` happened at this time in UTC. */
  tell(at: number, utc: number): void {
    const off = Math.round((at - utc) / ZONE_STEP_SECONDS) * ZONE_STEP_SECONDS;
    if (off === 0 || Math.abs(at - utc - off) > TOLERANCE_SECONDS) return;
    this.#offset -= off;
    this.#before = null;
    this.#beforeAt = null;
    this.#latest = Number.NEGATIVE_INFINITY;
  }
}

/** Tells a clock the zone of the log where the event knows it: an id of Exim is the moment of the arrival in UTC. */
export function tellZone(clock: FileClock, event: LogEvent): void {
  if (event.kind !== 'active' || event.source !== 'exim-log' || event.message === null) return;
  const arrivedAt = arrivalOfEximId(event.message);
  const at = clock.seconds(event.when);
  if (arrivedAt !== null && at !== null) clock.tell(at, arrivedAt);
}

function namesZone(when: string | null): boolean {
  return /(?:Z|[+-]\d\d:?\d\d)$/.test(when ?? '');
}
