import type { LogEvent, LogSourceId } from './events.js';
import type { LogRecord } from './record.js';

/** One line of a log. The same object is used for all lines: keep what you need, not the line. */
export interface LogLine {
  /** The line among others, one character a byte; it goes from `start` up to `end`. */
  readonly chunk: string;
  readonly start: number;
  readonly end: number;
  /** Where the words behind time, host and program begin; `start` where there is no such head. */
  readonly body: number;
  /** `postfix/smtp`, `sm-mta`; '' where the line names no program. One string for all lines of it. */
  readonly program: string;
  /** The host that wrote the line, as `cleanHost` gives it. */
  logHost(): string | null;
  /** The time as it stands, cut out when it is asked for. */
  when(): string | null;
  /** The words from `body` on, as text. */
  words(): string;
  /** The line by itself, one character a byte. To look for words in `chunk` would run on to its end. */
  bytes(): string;
}

export type Emit = (event: LogEvent) => void;

/** Emits what a line tells. */
export type ReadLine = (line: LogLine, emit: Emit) => void;

/** Reads the lines and records of one log, in their order. It may remember, within fixed bounds. */
export interface LogReader {
  /** Reads a line. */
  readonly line?: ReadLine;
  /**
   * What reads the lines of this program, where it does not have to be asked anew for each; null: none of
   * them tells anything. Without it, `line` reads them.
   */
  linesOf?(program: string): ReadLine | null;
  /** Emits what a record tells: an object of JSON lines, a row of a table with its columns' names. */
  record?(record: LogRecord, emit: Emit): void;
  /** The log has ended: emits what waited for lines to come. */
  end?(emit: Emit): void;
}

/**
 * A kind of log. To add one: a file in `sources/` that exports a `LogSource`, and a line in
 * `sources/index.ts`.
 *
 * Which source reads a line is decided by the cheapest thing that tells: the program's name, asked
 * once for each name in a log. Lines without one (`2026-01-05 10:00:00 1tFxyz-000abc-1A == ...`) are
 * offered to each source, the last one that took a line first.
 */
export interface LogSource {
  readonly id: LogSourceId;
  /** Whether lines of this program are the source's. */
  readonly ofProgram?: (program: string) => boolean;
  /** Whether a line without a program is the source's. Called for every such line: be quick. */
  readonly ofLine?: (line: LogLine) => boolean;
  /** Words in lines whose beginning was not copied, and that nobody else writes. */
  readonly fragments?: readonly string[];
  /** Whether a record is the source's, by the names of its fields. */
  readonly ofRecord?: (record: LogRecord) => boolean;
  readonly open: (wanted: Wanted) => LogReader;
}

/** What the consumer looks at: a reader may leave the rest out, since most lines of a log are of it. */
export interface Wanted {
  /** `active`. Asked at each arrival: it may become false once enough were seen. */
  readonly arrivals: boolean;
  /** `gone: removed`. */
  readonly removals: boolean;
  /** Whether deliveries of this message are looked at; without it, all are. */
  readonly deliveriesOf?: (message: string) => boolean;
}
