import type { LogEvent } from './events.js';
import { decodeUtf8, Line } from './line.js';
import { LineScanner } from './line-scanner.js';
import { type LogRecord, parseJson, recordOfJson } from './record.js';
import type { Emit, LogReader, LogSource } from './source.js';
import { LOG_SOURCES } from './sources/index.js';
import { TableReader } from './table.js';
import { unwrapped } from './wrapped-line.js';

const BRACE = 0x7b;
/** Programs whose reader is remembered, against a log that makes names up. */
const MAX_PROGRAMS = 1024;

/** Called with each event, and the number of its line from 1. */
export type EventHandler = (event: LogEvent, line: number) => void;

/**
 * Reads a log of any known source, or of several in one file, as events in their order. Feed it the
 * bytes in chunks; memory does not grow with the log.
 */
export class LogScanner {
  readonly #lines: LineScanner;
  readonly #line = new Line();
  readonly #sources: readonly LogSource[];
  readonly #readers = new Map<LogSource, LogReader>();
  readonly #byProgram = new Map<string, LogReader | null>();
  readonly #emit: Emit;
  readonly #table: TableReader;
  #last: LogSource | null = null;
  #number = 0;

  constructor(onEvent: EventHandler, sources: readonly LogSource[] = LOG_SOURCES) {
    this.#sources = sources;
    this.#emit = (event) => onEvent(event, this.#number);
    this.#lines = new LineScanner((chunk, start, end, number) => {
      this.#number = number;
      this.#read(chunk, start, end);
    });
    this.#table = new TableReader(
      (names) => this.#sourceOf(names) !== null,
      (row) => this.#readRecord(row),
    );
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
  }

  #read(chunk: string, start: number, end: number): void {
    const line = this.#line;
    if (chunk.charCodeAt(start) === BRACE && this.#readJson(chunk.slice(start, end))) return;
    line.show(chunk, start, end);
    if (line.program !== '') this.#readProgram();
    else this.#readUnnamed();
  }

  #readProgram(): void {
    this.#readerOfProgram(this.#line.program)?.line?.(this.#line, this.#emit);
  }

  #readUnnamed(): void {
    const line = this.#line;
    if (this.#table.open && this.#table.read(line.chunk.slice(line.start, line.end))) return;
    const source =
      this.#last?.ofLine?.(line) === true
        ? this.#last
        : this.#sources.find((one) => one.ofLine?.(line) === true);
    if (source !== undefined) {
      this.#last = source;
      this.#readerOf(source).line?.(line, this.#emit);
      return;
    }
    if (!this.#table.open && this.#table.read(line.chunk.slice(line.start, line.end))) return;
    if (line.lookLonger() && this.#readerOfProgram(line.program) !== null) this.#readProgram();
    else this.#readFragment();
  }

  /** A line of which the beginning was not copied. */
  #readFragment(): void {
    const line = this.#line;
    const text = line.chunk.slice(line.start, line.end);
    const source = this.#sources.find(({ fragments = [] }) =>
      fragments.some((words) => text.includes(words)),
    );
    if (source !== undefined) this.#readerOf(source).line?.(line, this.#emit);
  }

  /** JSON lines: a line of a log inside, or a record of its own. False for what is no object. */
  #readJson(bytes: string): boolean {
    const value = parseJson(decodeUtf8(bytes));
    if (typeof value !== 'object' || value === null) return false;
    const inner = unwrapped(value);
    if (inner === null) {
      this.#readRecord(recordOfJson(value));
      return true;
    }
    this.#line.showWrapped(inner);
    if (this.#line.program !== '') this.#readProgram();
    else this.#readUnnamed();
    return true;
  }

  #readRecord(record: LogRecord): void {
    const source = this.#sourceOf(record);
    if (source !== null) this.#readerOf(source).record?.(record, this.#emit);
  }

  #sourceOf(record: LogRecord): LogSource | null {
    return this.#sources.find((one) => one.ofRecord?.(record) === true) ?? null;
  }

  #readerOf(source: LogSource): LogReader {
    const known = this.#readers.get(source);
    if (known !== undefined) return known;
    const reader = source.open();
    this.#readers.set(source, reader);
    return reader;
  }

  #readerOfProgram(program: string): LogReader | null {
    const known = this.#byProgram.get(program);
    if (known !== undefined) return known;
    const source = this.#sources.find((one) => one.ofProgram?.(program) === true);
    const reader = source === undefined ? null : this.#readerOf(source);
    if (this.#byProgram.size >= MAX_PROGRAMS) this.#byProgram.clear();
    this.#byProgram.set(program, reader);
    return reader;
  }
}
