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
  keepYoungGenerationSmall();
  const first = lines.next();
  if (first.done === true || isTorn(first.value)) {
    lines.return(undefined);
    throw journalEmpty(path);
  }
  const header = parseHeader(jsonOf(first.value), path);
  return new EventStream(path, header, lines);
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
    const order = new EventOrder();
    const interner = new EventInterner();
    let tornLine: number | null = null;
    for (const line of this.#lines) {
      const value = jsonOf(line);
      if (value === undefined && isCutShort(line.bytes)) {
        this.#torn = true;
        tornLine ??= line.number;
        continue;
      }
      const { event, problem } = parseEvent(value);
      if (event === null) {
        throw damaged(this.#path, line.number, value === undefined ? 'it is not JSON' : problem);
      }
      if (tornLine !== null && event.type !== 'run-resumed') {
        throw damaged(this.#path, tornLine, 'it ends too early, and the run goes on after it');
      }
      tornLine = null;
      const disorder = order.problemOf(event);
      if (disorder !== null) throw damaged(this.#path, line.number, disorder);
      yield interner.intern(event);
    }
  }
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
function* readableLines(path: string): Generator<FileLine> {
  try {
    yield* fileLines(path, LONGEST_LINE_BYTES);
  } catch (error) {
    if (errorCode(error) === '' && !(error instanceof RangeError)) throw error;
    throw cannotRead(path, error);
  }
}
