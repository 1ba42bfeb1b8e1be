import { cleanHost } from '../addresses.js';
import type { LogLine } from './source.js';
import { readStamp } from './timestamps.js';
import type { WrappedLine } from './wrapped-line.js';

const SPACE = 0x20;
const COLON = 0x3a;
const BRACKET = 0x5b;
const CLOSING_BRACKET = 0x5d;
const DASH = 0x2d;
const LETTER_T = 0x54;
/** `Jan  5 10:00:00`. */
const TRADITIONAL_LENGTH = 15;
/** `2026-01-05T10:00:00.123456789+01:00`. */
const LONGEST_STAMP = 35;
/** No program's name is longer; a longer word is no name. */
const MAX_PROGRAM = 80;
/** `[4194304]: `, with room. */
const MAX_PID = 12;
/** Places for names of programs. */
const NAMES = 256;

/**
 * What stands before `program[pid]: ` in ways that are seldom: RFC 5424 (`<22>1 2026-.. host
 * postfix/smtp 123 - - `), a collector's or container's words (`mail-1  | `), journalctl's
 * `Wed 2026-01-07 10:00:00 CET host`, a forum's marks.
 */
const LOOSE_PROGRAM =
  /(?:^|[\s|*])([A-Za-z][\w.-]{0,39}(?:\/[\w.-]{1,40}){0,3})(?:\[\d{1,10}\]: | \d{1,10} \S{1,32} (?:-|\[[^\]]{0,200}\]) )/;
const LOOSE_LENGTH = 256;

/**
 * The line that readers see: bounds in its chunk, and where time, host and program stand. The two
 * common heads of syslog are found by place, without a pattern:
 *
 *   Jan  5 10:00:00 mail postfix/smtp[123]: 4dlPx: ...
 *   2026-01-05T10:00:00.123+01:00 mail postfix/smtp[123]: 4dlPx: ...
 */
export class Line implements LogLine {
  chunk = '';
  start = 0;
  end = 0;
  body = 0;
  program = '';
  #hostStart = 0;
  #hostEnd = 0;
  #when: string | null = null;
  #logHost: string | null = null;
  #bytes: string | null = null;
  #stampEnd = 0;
  #stamp = '';
  #written = '';
  #host: string | null = null;
  /** By their length and last letters: names that share a place take it from each other. */
  readonly #names: (string | undefined)[] = new Array(NAMES);

  /** Looks at the line between these bounds. */
  show(chunk: string, start: number, end: number): void {
    this.chunk = chunk;
    this.start = start;
    this.end = end;
    this.body = start;
    this.program = '';
    this.#when = null;
    this.#logHost = null;
    this.#bytes = null;
    this.#hostStart = this.#hostEnd = start;
    const afterStamp = this.#afterStamp();
    this.#stampEnd = Math.max(0, afterStamp - 1);
    if (afterStamp > 0) this.#readHead(afterStamp);
  }

  /** A record has the parts of the head in fields of their own. */
  showWrapped({ words, program, when, logHost }: WrappedLine): void {
    this.show(words, 0, words.length);
    if (this.program === '') this.program = program;
    this.#when = when;
    this.#logHost = logHost === null ? null : cleanHost(logHost);
  }

  /** Looks for a program where it seldom stands. True when there is one. */
  lookLonger(): boolean {
    const head = this.chunk.slice(this.start, Math.min(this.end, this.start + LOOSE_LENGTH));
    const found = LOOSE_PROGRAM.exec(head);
    const name = found?.[1];
    if (found === null || name === undefined) return false;
    const nameStart = this.start + found.index + found[0].indexOf(name);
    this.program = this.#nameOf(nameStart, nameStart + name.length);
    this.body = this.start + found.index + found[0].length;
    this.#hostEnd = Math.max(this.start, nameStart - 1);
    this.#hostStart = Math.max(this.start, this.chunk.lastIndexOf(' ', this.#hostEnd - 1) + 1);
    return true;
  }

  logHost(): string | null {
    const length = this.#hostEnd - this.#hostStart;
    if (length <= 0) return this.#logHost;
    // Nearly always the host of the line before.
    if (length !== this.#written.length || !this.chunk.startsWith(this.#written, this.#hostStart)) {
      this.#written = detached(this.chunk.slice(this.#hostStart, this.#hostEnd));
      this.#host = cleanHost(this.#written);
    }
    return this.#host;
  }

  when(): string | null {
    if (this.#stampEnd > 0) {
      // Many lines have the time of the one before.
      const length = this.#stampEnd - this.start;
      if (length !== this.#stamp.length || !this.chunk.startsWith(this.#stamp, this.start)) {
        this.#stamp = this.chunk.slice(this.start, this.#stampEnd);
      }
      return this.#stamp;
    }
    return this.#when ?? readStamp(this.chunk.slice(this.start, this.start + 64))?.when ?? null;
  }

  bytes(): string {
    this.#bytes ??= this.chunk.slice(this.start, this.end);
    return this.#bytes;
  }

  words(): string {
    return decodeUtf8(this.chunk.slice(this.body, this.end));
  }

  /** Where the word behind the time begins; 0 where the line does not begin with a time of syslog. */
  #afterStamp(): number {
    const { chunk, start, end } = this;
    if (end - start < TRADITIONAL_LENGTH + 4) return 0;
    if (chunk.charCodeAt(start + 4) === DASH) {
      if (chunk.charCodeAt(start + 10) !== LETTER_T) return 0;
      const blank = chunk.indexOf(' ', start + 19);
      return blank - start <= LONGEST_STAMP ? blank + 1 : 0;
    }
    return chunk.charCodeAt(start + 3) === SPACE &&
      chunk.charCodeAt(start + 9) === COLON &&
      chunk.charCodeAt(start + TRADITIONAL_LENGTH) === SPACE
      ? start + TRADITIONAL_LENGTH + 1
      : 0;
  }

  /** `host program[pid]: `, or without the host. */
  #readHead(afterStamp: number): void {
    const first = this.#isHostOfLineBefore(afterStamp)
      ? afterStamp + this.#written.length
      : this.#wordEnd(afterStamp);
    if (first < 0) return;
    if (this.chunk.charCodeAt(first) !== SPACE) {
      this.#setProgram(afterStamp, first);
      return;
    }
    const second = this.#wordEnd(first + 1);
    if (second < 0 || this.chunk.charCodeAt(second) === SPACE) return;
    this.#hostStart = afterStamp;
    this.#hostEnd = first;
    this.#setProgram(first + 1, second);
  }

  /** Nearly all lines of a log are of one host. */
  #isHostOfLineBefore(from: number): boolean {
    const { length } = this.#written;
    return (
      length > 0 &&
      this.chunk.charCodeAt(from + length) === SPACE &&
      this.chunk.startsWith(this.#written, from)
    );
  }

  /** Where a word ends: at a blank, at `[`, or at a colon with a blank behind it; -1 in too long ones. */
  #wordEnd(from: number): number {
    const { chunk } = this;
    const last = Math.min(this.end, from + MAX_PROGRAM + 175);
    for (let at = from; at < last; at += 1) {
      const code = chunk.charCodeAt(at);
      if (code === SPACE || code === BRACKET) return at;
      if (code === COLON && (at + 1 === this.end || chunk.charCodeAt(at + 1) === SPACE)) return at;
    }
    return -1;
  }

  #setProgram(from: number, to: number): void {
    const colon = this.chunk.charCodeAt(to) === COLON ? to : this.#afterPid(to);
    if (colon < 0 || to - from > MAX_PROGRAM) return;
    this.program = this.#nameOf(from, to);
    this.body = Math.min(this.end, colon + 2);
    if (this.chunk.charCodeAt(this.body) === BRACKET) this.#passSolarisId();
  }

  /** Solaris puts `[ID 801593 mail.info] ` before the words. */
  #passSolarisId(): void {
    if (!this.chunk.startsWith('[ID ', this.body)) return;
    const close = this.chunk.indexOf('] ', this.body);
    if (close > 0 && close < this.end) this.body = close + 2;
  }

  /** The colon of `[123]: `; -1 where a number of a process does not end there. */
  #afterPid(bracket: number): number {
    const { chunk } = this;
    const last = Math.min(this.end, bracket + MAX_PID);
    for (let at = bracket + 1; at < last; at += 1) {
      if (chunk.charCodeAt(at) === CLOSING_BRACKET) {
        return chunk.charCodeAt(at + 1) === COLON ? at + 1 : -1;
      }
    }
    return -1;
  }

  /** The one string for this name: no new one is made for a name that was seen before. */
  #nameOf(from: number, to: number): string {
    const { chunk } = this;
    const slot =
      (Math.imul(to - from, 31) + chunk.charCodeAt(to - 2) * 7 + chunk.charCodeAt(to - 1)) % NAMES;
    const known = this.#names[slot];
    if (known !== undefined && known.length === to - from && chunk.startsWith(known, from))
      return known;
    const name = detached(chunk.slice(from, to));
    this.#names[slot] = name;
    return name;
  }
}

/** A copy that does not keep its chunk in memory. */
function detached(text: string): string {
  return ` ${text}`.slice(1);
}

/** Text of one character a byte as what it is: UTF-8, or bytes of an older set left as they are. */
export function decodeUtf8(bytes: string): string {
  return /[\x80-\xff]/.test(bytes) ? Buffer.from(bytes, 'latin1').toString('utf8') : bytes;
}
