import type { LogEvent } from './events.js';
import { decodeUtf8, Line } from './line.js';
import { LineScanner } from './line-scanner.js';
import { ListReader } from './list.js';
import { type LogRecord, parseJson, plainFields, recordOfJson } from './record.js';
import type { Emit, LogReader, LogSource, ReadLine, Wanted } from './source.js';
import { LOG_SOURCES } from './sources/index.js';
import { TableReader } from './table.js';
import { readStamp } from './timestamps.js';
import { unwrapped } from './wrapped-line.js';

const SPACE = 0x20;
const DASH = 0x2d;
const BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;
/** Programs whose reader is remembered, against a log that makes names up. */
const MAX_PROGRAMS = 1024;
/** The file that `grep` names before a line of it; then the line's own time. */
const FILE_NAME = /^[^\s:]{1,255}:(?:\d{1,9}:)?(?=\d{4}-\d\d-\d\d[ T]|[A-Z][a-z]{2} [ \d]\d \d\d:)/;
/** `2026-01-05T10:00:00.123456789+01:00`. */
const LONGEST_STAMP = 35;
/** Levels of JSON in which records are looked for. */
const MAX_JSON_DEPTH = 6;

/** Called with each event, and the number of its line from 1. */
export type EventHandler = (event: LogEvent, line: number) => void;

/**
 * Reads a log of any known source, or of several in one file, as events in their order. Feed it the
 * bytes in chunks; memory does not grow with the log.
 */
export class LogScanner {
  readonly #lines: LineScanner;
  readonly #line = new Line((program) => this.#readerOfProgram(program));
  readonly #wanted: Wanted;
  readonly #readers = new Map<LogSource, LogReader>();
  readonly #byProgram = new Map<string, ReadLine | null>();
  readonly #emit: Emit;
  readonly #table: TableReader;
  readonly #list: ListReader;
  #last: LogSource | null = null;
  #number = 0;
  #events = 0;

  /** Without `arrivals` and `removals` in `wanted`, readers leave out which messages came and went. */
  constructor(onEvent: EventHandler, wanted: Wanted = { arrivals: true, removals: true }) {
    this.#wanted = wanted;
    this.#emit = (event) => {
      this.#events += 1;
      onEvent(event, this.#number);
    };
    this.#lines = new LineScanner((chunk, start, end, number) => {
      this.#number = number;
      this.#read(chunk, start, end);
    });
    this.#table = new TableReader(
      (names) => this.#sourceOf(names) !== null,
      (row) => this.#readRecord(row),
    );
    this.#list = new ListReader((record) => this.#readRecord(record));
  }

  get lines(): number {
    return this.#lines.lines;
  }

  /** Lines that were too long to be read whole. */
  get longLines(): number {
    return this.#lines.longLines;
  }

  feed(chunk: Buffer): void {
    this.#lines.feed(chunk);
  }

  end(): void {
    this.#lines.end();
    this.#table.end();
    this.#list.end();
    for (const reader of this.#readers.values()) reader.end?.(this.#emit);
  }

  #read(chunk: string, start: number, end: number): void {
    const line = this.#line;
    if (chunk.charCodeAt(start) === BRACE && this.#readJson(chunk.slice(start, end))) return;
    line.show(chunk, start, end);
    if (line.program !== '') this.#readProgram();
    else this.#readUnnamed();
  }

  #readProgram(): void {
    const { reader } = this.#line;
    if (reader !== null) reader(this.#line, this.#emit);
    else if (this.#holdsLine()) this.#read(this.#line.chunk, this.#line.body, this.#line.end);
    else if (this.#line.chunk.charCodeAt(this.#line.end - 1) === CLOSING_BRACE) this.#readTail();
  }

  /** `docker[7]: Jan  5 10:00:00 mail postfix/smtp[9]: ...`: a line with its own time behind the words. */
  #holdsLine(): boolean {
    const { chunk, body, end } = this.#line;
    if (chunk.charCodeAt(body + 3) !== SPACE && chunk.charCodeAt(body + 4) !== DASH) return false;
    return readStamp(chunk.slice(body, Math.min(end, body + LONGEST_STAMP))) !== null;
  }

  /** `maddy[7]: delivery attempt failed {"rcpt":"u@example.org", ...}`: words, and then a record. */
  #readTail(): void {
    const words = this.#line.words();
    const value = parseJson(words.slice(words.indexOf('{')));
    if (typeof value === 'object' && value !== null) this.readObject(value);
  }

  #readUnnamed(): void {
    const line = this.#line;
    if (this.#table.open && this.#table.read(line.bytes())) return;
    const source =
      this.#last?.ofLine?.(line) === true
        ? this.#last
        : LOG_SOURCES.find((one) => one.ofLine?.(line) === true);
    if (source !== undefined) {
      this.#last = source;
      this.#readerOf(source).line?.(line, this.#emit);
      return;
    }
    if (!this.#table.open && this.#table.read(line.bytes())) return;
    if (line.lookLonger() && line.reader !== null) this.#readProgram();
    else this.#readFragment();
  }

  /** A line of which the beginning was not copied. */
  #readFragment(): void {
    const line = this.#line;
    const text = line.bytes();
    const named = FILE_NAME.exec(text)?.[0].length ?? 0;
    if (named > 0) {
      this.#read(line.chunk, line.start + named, line.end);
      return;
    }
    const source = LOG_SOURCES.find(({ fragments = [] }) =>
      fragments.some((words) => text.includes(words)),
    );
    if (source !== undefined) this.#readerOf(source).line?.(line, this.#emit);
    else this.#list.read(text);
  }

  /** JSON lines. False for what is no object. */
  #readJson(bytes: string): boolean {
    const value = parseJson(decodeUtf8(bytes));
    if (typeof value !== 'object' || value === null) return false;
    this.readObject(value);
    return true;
  }

  /**
   * Reads an object or a list of JSON: a line of a log inside, a record of its own, or something that
   * holds records (`{"items": [...]}`), which may leave to it whom they are about.
   */
  readObject(value: object, depth = 0, around: ReadonlyMap<string, string> = new Map()): void {
    const inner = unwrapped(value);
    if (inner !== null) {
      this.#line.showWrapped(inner);
      if (this.#line.program !== '') this.#readProgram();
      else this.#readUnnamed();
      return;
    }
    const record = recordOfJson(value, around);
    const before = this.#events;
    if (!Array.isArray(value) && this.#sourceOf(record) !== null) this.#readRecord(record);
    if (this.#events > before || depth >= MAX_JSON_DEPTH) return;
    const fields = plainFields(value, around);
    for (const part of Object.values(value)) {
      if (typeof part === 'object' && part !== null) this.readObject(part, depth + 1, fields);
      else if (typeof part === 'string' && Array.isArray(value)) this.#readWords(part);
    }
  }

  /** A line of a log in a list: `"values": [["1767607200000000000", "May  4 10:00:00 mail postfix/..."]]`. */
  #readWords(words: string): void {
    const bytes = Buffer.from(words, 'utf8').toString('latin1');
    this.#line.show(bytes, 0, bytes.length);
    if (this.#line.program !== '') this.#readProgram();
  }

  #readRecord(record: LogRecord): void {
    const source = this.#sourceOf(record);
    if (source !== null) this.#readerOf(source).record?.(record, this.#emit);
  }

  #sourceOf(record: LogRecord): LogSource | null {
    return LOG_SOURCES.find((one) => one.ofRecord?.(record) === true) ?? null;
  }

  #readerOf(source: LogSource): LogReader {
    const known = this.#readers.get(source);
    if (known !== undefined) return known;
    const reader = source.open(this.#wanted);
    this.#readers.set(source, reader);
    return reader;
  }

  #readerOfProgram(program: string): ReadLine | null {
    const known = this.#byProgram.get(program);
    if (known !== undefined) return known;
    const source = LOG_SOURCES.find((one) => one.ofProgram?.(program) === true);
    const read = source === undefined ? null : linesOf(this.#readerOf(source), program);
    if (this.#byProgram.size >= MAX_PROGRAMS) this.#byProgram.clear();
    this.#byProgram.set(program, read);
    return read;
  }
}

function linesOf(reader: LogReader, program: string): ReadLine {
  return (reader.linesOf === undefined ? reader.line : reader.linesOf(program)) ?? ignore;
}

function ignore(): void {}
