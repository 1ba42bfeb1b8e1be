/*
 * Seconds out of the times of a log. Traditional syslog names neither year nor zone; RFC 3339 names
 * both. Differences between two times of one log are what counts, so a missing zone is taken as UTC.
 */

const DAY_SECONDS = 86_400;
const MONTHS = 'JanFebMarAprMayJunJulAugSepOctNovDec';
/** Days before each month in a year that is no leap year. */
const DAYS_BEFORE = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
/** A step back by more than this is a new year; by less, disorder or a clock that was set. */
const NEW_YEAR_SECONDS = 180 * DAY_SECONDS;

const ISO =
  /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?(?:Z| ?([+-])(\d\d):?(\d\d))?/;

/**
 * Turns the times of one log, in their order, into seconds that go on over a new year.
 *
 *   clock.seconds('Dec 31 23:59:50') and then clock.seconds('Jan  1 00:00:10'): 20 s later
 */
export class LogClock {
  #year: number;
  #yearBegins: number;
  #isLeapYear: boolean;
  #last = Number.NEGATIVE_INFINITY;

  /** `year`: of the first time that names none. */
  constructor(year = 2001) {
    this.#year = year;
    this.#yearBegins = beginOf(year);
    this.#isLeapYear = isLeap(year);
  }

  /** Seconds since 1970; null for a text that is no time. */
  seconds(when: string): number | null {
    const code = when.charCodeAt(0);
    if (code >= 0x30 && code <= 0x39) return isoSeconds(when);
    const inYear = secondsOfYear(when, this.#isLeapYear);
    if (inYear === null) return null;
    const seconds = this.#yearBegins + inYear;
    if (seconds >= this.#last - NEW_YEAR_SECONDS) {
      this.#last = Math.max(this.#last, seconds);
      return seconds;
    }
    this.#year += 1;
    this.#yearBegins = beginOf(this.#year);
    this.#isLeapYear = isLeap(this.#year);
    this.#last = Number.NEGATIVE_INFINITY;
    return this.seconds(when);
  }
}

function beginOf(year: number): number {
  return Date.UTC(year, 0, 1) / 1000;
}

function isLeap(year: number): boolean {
  return new Date(Date.UTC(year, 1, 29)).getUTCMonth() === 1;
}

/** `2026-01-05T10:00:00.5+01:00`, and the same with a blank; without a zone as UTC. */
function isoSeconds(when: string): number | null {
  const parts = ISO.exec(when);
  if (parts === null) return null;
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map(Number);
  const whole = Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, second) / 1000;
  const fraction = parts[7] === undefined ? 0 : Number(`0.${parts[7]}`);
  const zone = (Number(parts[9] ?? 0) * 60 + Number(parts[10] ?? 0)) * 60;
  return whole + fraction - (parts[8] === '-' ? -zone : zone);
}

function monthOf(when: string): number {
  const at = MONTHS.indexOf(when.slice(0, 3));
  return at < 0 || at % 3 !== 0 ? -1 : at / 3;
}

/** `Jan  5 10:00:00`: by place, since this is done for every event of a log. */
function secondsOfYear(when: string, isLeapYear: boolean): number | null {
  const month = monthOf(when);
  const before = DAYS_BEFORE[month];
  if (before === undefined || when.length < 15) return null;
  const day = numberAt(when, 4) + (isLeapYear && month >= 2 ? 1 : 0);
  const seconds = numberAt(when, 7) * 3600 + numberAt(when, 10) * 60 + numberAt(when, 13);
  return Number.isNaN(seconds + day) ? null : (before + day - 1) * DAY_SECONDS + seconds;
}

function numberAt(when: string, at: number): number {
  const tens = when.charCodeAt(at);
  const value = (tens === 0x20 ? 0 : tens - 0x30) * 10 + when.charCodeAt(at + 1) - 0x30;
  return value >= 0 && value < 100 ? value : Number.NaN;
}
