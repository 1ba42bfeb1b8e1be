import { isUtf8 } from 'node:buffer';
import { setFlagsFromString } from 'node:v8';
import type { ProbeEvent } from '../../core/run/events.js';
import { errorCode } from '../../model/errors.js';
import { cannotRead } from '../system/system-error.js';
import { isCutShort } from './cut-short.js';
import { damaged, journalEmpty } from './damage.js';
import { type JournalHeader, parseHeader } from './header.js';
import { EventInterner } from './interning.js';
import { type FileLine, fileLines, linesOf } from './lines.js';
import { EventOrder } from './order.js';
import { parseEvent } from './parse-event.js';

/** Everything that a journal says. */
export interface ReadJournal {
  readonly header: JournalHeader;
  readonly events: readonly ProbeEvent[];
  /** A line was never written to its end: a process died while it wrote. */
  readonly torn: boolean;
}

/** A journal's events, read as they are asked for: long journals need not be held in memory. */
export interface JournalStream extends Iterable<ProbeEvent> {
  readonly header: JournalHeader;
  /** Known once all events were read. */
  readonly torn: boolean;
}

/** Far more than the longest event: replies and lists of senders are bounded. */
const LONGEST_LINE_BYTES = 8 * 1024 * 1024;

/** From here on a journal is long: most runs have some dozens of events. */
const LONG_LINES = 1000;

/**
 * What is read is kept, or dropped at once. A young generation that grows with it would hold a third
 * of the memory of a long replay, and save no time.
 */
function keepYoungGenerationSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}

/**
 * Reads a journal whole. A line that was cut short is passed over where it is the last one, or where
 * the run was resumed after it; any other damage throws `journal-damaged` with the line. Throws
 * `journal-empty`, `journal-too-new`, `not-a-journal` and `cannot-read-file` as well.
 */
export function readJournal(path: string): ReadJournal {
  return wholeOf(streamJournal(path));
}

/** Reads a journal that is in memory; `shown` names it in messages. Throws as `readJournal` does. */
export function readJournalBytes(bytes: Buffer, shown: string): ReadJournal {
  return wholeOf(streamOf(linesOf(bytes), shown));
}

/** True for bytes that begin as every journal does, of any format version. */
export function looksLikeJournal(bytes: Buffer): boolean {
  return bytes.subarray(0, BEGINNING.length).equals(BEGINNING);
}

const BEGINNING = Buffer.from('{"journal":');

function wholeOf(stream: JournalStream): ReadJournal {
  const events = [...stream];
  return { header: stream.header, events, torn: stream.torn };
}

/** Reads the header at once, and the events while they are iterated over, once. Throws as `readJournal`. */
export function streamJournal(path: string): JournalStream {
  return streamOf(readableLines(path), path);
}

function streamOf(lines: Generator<FileLine>, path: string): JournalStream {
  return new EventStream(path, headerOf(lines, path), lines);
}

/** Takes the first line. Throws `journal-empty` where it was never written. */
export function headerOf(lines: Generator<FileLine>, path: string): JournalHeader {
  const first = lines.next();
  if (first.done === true || isTorn(first.value)) {
    lines.return(undefined);
    throw journalEmpty(path);
  }
  return parseHeader(jsonOf(first.value), path);
}

class EventStream implements JournalStream {
  readonly header: JournalHeader;
  readonly #path: string;
  readonly #lines: Generator<FileLine>;
  #torn = false;

  constructor(path: string, header: JournalHeader, lines: Generator<FileLine>) {
    this.#path = path;
    this.header = header;
    this.#lines = lines;
  }

  get torn(): boolean {
    return this.#torn;
  }

  *[Symbol.iterator](): Generator<ProbeEvent> {
    const run = new RunReader(this.#path);
    for (const line of intactLines(this.#lines, this.#path, ['run-resumed'], () => {
      this.#torn = true;
    })) {
      if (line.number === LONG_LINES) keepYoungGenerationSmall();
      yield run.eventOf(line);
    }
  }
}

/** A line that is whole, with its value; undefined: it is no JSON. */
export interface IntactLine {
  readonly number: number;
  readonly value: unknown;
}

/** Follows the lines of one run, and takes each for an event that can come next, or throws. */
export class RunReader {
  readonly #path: string;
  readonly #order = new EventOrder();
  readonly #interner: EventInterner;

  constructor(path: string, interner = new EventInterner()) {
    this.#path = path;
    this.#interner = interner;
  }

  eventOf({ number, value }: IntactLine): ProbeEvent {
    const { event, problem } = parseEvent(value);
    if (event === null) throw damaged(this.#path, number, problem);
    const disorder = this.#order.problemOf(event);
    if (disorder !== null) throw damaged(this.#path, number, disorder);
    return this.#interner.intern(event);
  }
}

/**
 * The lines without those that were cut short, which are told to `onTorn`: the last one, or one that is
 * followed by an event of `after`, with which another process went on. Throws `journal-damaged`.
 */
export function* intactLines(
  lines: Iterable<FileLine>,
  path: string,
  after: readonly string[],
  onTorn: () => void,
): Generator<IntactLine> {
  let tornLine: number | null = null;
  for (const line of lines) {
    const { number } = line;
    const value = jsonOf(line);
    if (value === undefined && isCutShort(line.bytes)) {
      onTorn();
      tornLine ??= number;
      continue;
    }
    if (value === undefined) throw damaged(path, number, 'it is not JSON');
    if (tornLine !== null && !after.includes(typeOf(value))) {
      throw damaged(path, tornLine, 'it ends too early, and the run goes on after it');
    }
    tornLine = null;
    yield { number, value };
  }
}

function typeOf(value: unknown): string {
  return typeof value === 'object' && value !== null && 'type' in value ? String(value.type) : '';
}

function isTorn(line: FileLine): boolean {
  return jsonOf(line) === undefined && isCutShort(line.bytes);
}

/** The value of a line, or undefined when it is not JSON in UTF-8. */
function jsonOf({ bytes }: FileLine): unknown {
  if (!isUtf8(bytes)) return undefined;
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}

/** The lines, with the system's failures told as ours. */
export function* readableLines(path: string): Generator<FileLine> {
  try {
    yield* fileLines(path, LONGEST_LINE_BYTES);
  } catch (error) {
    if (errorCode(error) === '' && !(error instanceof RangeError)) throw error;
    throw cannotRead(path, error);
  }
}
