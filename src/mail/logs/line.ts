import { detached } from '../../model/values/detached.js';
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
/** Places for heads of lines. */
const HEADS = 256;
/** Letters of a program that tell most: of `postfix/smtpd[` the s, the d and the bracket. */
const FIRST_LETTER = 8;
const LAST_LETTER = 13;
/** Longest host with its blank. */
const MAX_HOST = 175;

/** What stands between the time and the words, as it does in line after line: `mail postfix/smtp[`. */
interface Head<R> {
  /** Up to the bracket of the process, or up to the words. */
  readonly text: string;
  readonly hostLength: number;
  readonly logHost: string | null;
  readonly program: string;
  readonly reader: R | null;
}

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
 *
 * A log has few heads, and those that were seen are known again: most of its lines are of no interest,
 * and all that is looked at of them is which head they have.
 */
export class Line<R> implements LogLine {
  chunk = '';
  start = 0;
  end = 0;
  body = 0;
  program = '';
  /** What reads the lines of the program; null where there is none, or no program. */
  reader: R | null = null;
  readonly #readerOf: (program: string) => R | null;
  #head: Head<R> | null = null;
  #when: string | null = null;
  #logHost: string | null = null;
  #bytes: string | null = null;
  #stampEnd = 0;
  #stamp = '';
  /** Of the host in the last head: nearly all lines of a log are of one host. */
  #hostLength = 0;
  /** By some letters of host and program: heads that share a place take it from each other. */
  readonly #heads: (Head<R> | undefined)[] = new Array(HEADS);

  /** `readerOf` is asked once for each head in a while. */
  constructor(readerOf: (program: string) => R | null) {
    this.#readerOf = readerOf;
  }

  /** Looks at the line between these bounds. */
  show(chunk: string, start: number, end: number): void {
    if (chunk !== this.chunk) this.chunk = chunk;
    this.start = start;
    this.end = end;
    this.body = start;
    this.#when = null;
    this.#logHost = null;
    this.#bytes = null;
    const afterStamp = this.#afterStamp();
    this.#stampEnd = Math.max(0, afterStamp - 1);
    this.#setHead(afterStamp > 0 ? this.#headAt(afterStamp) : null);
  }

  /** A record has the parts of the head in fields of their own. */
  showWrapped({ words, program, when, logHost }: WrappedLine): void {
    this.show(words, 0, words.length);
    if (this.program === '') {
      this.program = program;
      this.reader = this.#readerOf(program);
    }
    this.#when = when;
    this.#logHost = logHost === null ? null : cleanHost(logHost);
  }

  /** Looks for a program where it seldom stands. True when there is one. */
  lookLonger(): boolean {
    const text = this.chunk.slice(this.start, Math.min(this.end, this.start + LOOSE_LENGTH));
    const found = LOOSE_PROGRAM.exec(text);
    const name = found?.[1];
    if (found === null || name === undefined) return false;
    const before = text.slice(0, Math.max(0, found.index + found[0].indexOf(name) - 1));
    this.#setHead(this.#newHead('', before.slice(before.lastIndexOf(' ') + 1), name));
    this.body = this.start + found.index + found[0].length;
    return true;
  }

  logHost(): string | null {
    return this.#head !== null && this.#head.hostLength > 0 ? this.#head.logHost : this.#logHost;
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

  #setHead(head: Head<R> | null): void {
    this.#head = head;
    this.program = head === null ? '' : head.program;
    this.reader = head === null ? null : head.reader;
  }

  /** The head that begins here, as one that was seen before or a new one; null where none does. */
  #headAt(from: number): Head<R> | null {
    const { chunk } = this;
    const program = from + this.#hostLength;
    if (program + LAST_LETTER >= this.end) return this.#readHead(from, -1);
    const place =
      (31 * chunk.charCodeAt(program + FIRST_LETTER) +
        7 * chunk.charCodeAt(program + LAST_LETTER - 1) +
        chunk.charCodeAt(program + LAST_LETTER) +
        13 * chunk.charCodeAt(program - 2)) %
      HEADS;
    const known = this.#heads[place];
    return known !== undefined && chunk.startsWith(known.text, from)
      ? this.#ended(known, from + known.text.length)
      : this.#readHead(from, place);
  }

  /** The head whose text ends here, with the words behind it; null where a process has no number. */
  #ended(head: Head<R>, at: number): Head<R> | null {
    const colon = this.chunk.charCodeAt(at - 1) === BRACKET ? this.#afterPid(at) : at - 2;
    if (colon < 0) {
      this.#logHost = head.logHost;
      return null;
    }
    this.body = Math.min(this.end, colon + 2);
    if (this.chunk.charCodeAt(this.body) === BRACKET) this.#passSolarisId();
    return head;
  }

  /** `host program[pid]: `, or without the host, read letter by letter. */
  #readHead(from: number, place: number): Head<R> | null {
    const { chunk } = this;
    const first = this.#wordEnd(from);
    if (first < 0) return null;
    const hasHost = chunk.charCodeAt(first) === SPACE;
    const start = hasHost ? first + 1 : from;
    const end = hasHost ? this.#wordEnd(start) : first;
    if (end < 0 || chunk.charCodeAt(end) === SPACE || end - start > MAX_PROGRAM) return null;
    const textEnd = end + (chunk.charCodeAt(end) === BRACKET ? 1 : 2);
    const head = this.#newHead(
      chunk.slice(from, textEnd),
      hasHost ? chunk.slice(from, first) : '',
      chunk.slice(start, end),
    );
    // A colon that ends its line has no blank behind it: such a text would run on into the next line.
    if (place >= 0 && textEnd <= this.end) this.#heads[place] = head;
    this.#hostLength = start - from;
    return this.#ended(head, textEnd);
  }

  #newHead(text: string, host: string, program: string): Head<R> {
    return {
      text: detached(text),
      hostLength: host.length,
      logHost: cleanHost(host),
      program: detached(program),
      reader: this.#readerOf(program),
    };
  }

  /** Where a word ends: at a blank, at `[`, or at a colon with a blank behind it; -1 in too long ones. */
  #wordEnd(from: number): number {
    const { chunk } = this;
    const last = Math.min(this.end, from + MAX_PROGRAM + MAX_HOST);
    for (let at = from; at < last; at += 1) {
      const code = chunk.charCodeAt(at);
      if (code === SPACE || code === BRACKET) return at;
      if (code === COLON && (at + 1 === this.end || chunk.charCodeAt(at + 1) === SPACE)) return at;
    }
    return -1;
  }

  /** Solaris puts `[ID 801593 mail.info] ` before the words. */
  #passSolarisId(): void {
    if (!this.chunk.startsWith('[ID ', this.body)) return;
    const close = this.chunk.indexOf('] ', this.body);
    if (close > 0 && close < this.end) this.body = close + 2;
  }

  /** The colon of `123]: `; -1 where a number of a process does not end there. */
  #afterPid(from: number): number {
    const { chunk } = this;
    const last = Math.min(this.end, from + MAX_PID - 1);
    for (let at = from; at < last; at += 1) {
      if (chunk.charCodeAt(at) === CLOSING_BRACKET) {
        return chunk.charCodeAt(at + 1) === COLON ? at + 1 : -1;
      }
    }
    return -1;
  }
}

/** Text of one character a byte as what it is: UTF-8, or bytes of an older set left as they are. */
export function decodeUtf8(bytes: string): string {
  return /[\x80-\xff]/.test(bytes) ? Buffer.from(bytes, 'latin1').toString('utf8') : bytes;
}
