import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  decodedChunks,
  type ReadNote,
  readFileChunks,
  readStreamChunks,
} from '../../edges/system/read-bytes.js';
import { cannotRead } from '../../edges/system/system-error.js';
import type { LogEvent } from '../../mail/logs/events.js';
import { LogClock } from '../../mail/logs/log-clock.js';
import { LogScanner } from '../../mail/logs/log-scanner.js';
import { unreadableKind } from '../../mail/recognise.js';
import { FileClock, tellZone } from './file-clock.js';

/** A log to read: a file, or standard input. */
export interface LogInput {
  /** The path, or `-`. */
  readonly name: string;
  /** As it stands on disk; null where that is not known. */
  readonly bytes: number | null;
  /** When it was last written, for years that its times do not name. */
  readonly writtenAt: Date;
  /** Its first time, in seconds; null where it has none. */
  readonly begins: number | null;
  readonly year: number;
  /** From its first times to UTC, in seconds; 0 where nothing in them tells. */
  readonly offset: number;
  readonly chunks: () => AsyncGenerator<Buffer>;
}

/** Told what is to be known of an input beside its lines. */
type OnNote = (note: ReadNote) => void;

/** Most files of all folders; more is a mistake. */
const MOST_FILES = 10_000;
/** Bytes at the beginning of a file in which a time is looked for. */
const HEAD_BYTES = 262_144;

/**
 * The logs that paths name, in the order of their first times, whatever their names. A folder stands for
 * the files in it. What holds no text is left out, and told with `onNote`, as is packed data that ends too
 * soon. Throws `cannot-read-file`.
 */
export async function logInputs(
  paths: readonly string[],
  stdin: AsyncIterable<unknown>,
  onNote: OnNote,
): Promise<readonly LogInput[]> {
  const inputs: LogInput[] = [];
  for (const path of paths) {
    if (path === '-') inputs.push(stdinInput(stdin, onNote));
    else {
      for (const file of await filesAt(path)) {
        const input = await fileInput(file, onNote);
        if (input !== null) inputs.push(input);
      }
    }
  }
  return inputs.sort(
    (a, b) => (a.begins ?? Number.POSITIVE_INFINITY) - (b.begins ?? Number.POSITIVE_INFINITY),
  );
}

async function filesAt(path: string): Promise<readonly string[]> {
  const failed = (error: unknown): never => {
    throw cannotRead(path, error);
  };
  const found = await stat(path).catch(failed);
  if (!found.isDirectory()) return [path];
  const entries = await readdir(path, { withFileTypes: true }).catch(failed);
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(path, entry.name))
    .sort()
    .slice(0, MOST_FILES);
}

async function fileInput(path: string, onNote: OnNote): Promise<LogInput | null> {
  const { size, mtime } = await stat(path).catch((error: unknown) => {
    throw cannotRead(path, error);
  });
  const ofFile = ({ code, message }: ReadNote) => onNote({ code, message: `${path}: ${message}` });
  const chunks = () => decodedChunks(readFileChunks(path), ofFile);
  const begin = await beginOf(decodedChunks(readFileChunks(path), () => undefined));
  if ('unreadable' in begin) {
    ofFile({ code: 'not-text', message: begin.unreadable });
    return null;
  }
  const year = begin.first === null ? mtime.getUTCFullYear() : yearOf(begin.first, mtime);
  return { name: path, bytes: size, writtenAt: mtime, ...placedIn(year, begin), chunks };
}

function stdinInput(stdin: AsyncIterable<unknown>, onNote: OnNote): LogInput {
  const writtenAt = new Date();
  const chunks = () => decodedChunks(readStreamChunks(stdin), onNote);
  const year = writtenAt.getFullYear();
  return { name: '-', bytes: null, writtenAt, begins: null, year, offset: 0, chunks };
}

/** What the beginning of a log tells of its times. */
interface Beginning {
  /** The first time as it stands; null: there is none. */
  readonly first: string | null;
  /** The first event that knows its moment in UTC. */
  readonly dated: LogEvent | null;
}

/** Reads how a log begins, or what to say of a file that is no log. */
export async function beginOf(
  chunks: AsyncGenerator<Buffer>,
): Promise<Beginning | { readonly unreadable: string }> {
  let first: string | null = null;
  let dated: LogEvent | null = null;
  let isExim = false;
  const scanner = new LogScanner(
    (event) => {
      first ??= event.when;
      isExim ||= event.source === 'exim-log';
      if (event.kind === 'active' && isExim) dated ??= event;
    },
    { arrivals: true, removals: false },
  );
  let read = 0;
  for await (const chunk of chunks) {
    const kind = read === 0 ? unreadableKind(chunk) : null;
    if (kind !== null) return { unreadable: `this is ${kind.name}. ${kind.advice}` };
    scanner.feed(chunk);
    read += chunk.length;
    if ((first !== null && (dated !== null || !isExim)) || read > HEAD_BYTES) break;
  }
  return { first, dated };
}

/** When a log that begins so in this year begins, in UTC where something in it tells the zone. */
export function placedIn(
  year: number,
  { first, dated }: Beginning,
): Pick<LogInput, 'begins' | 'year' | 'offset'> {
  const clock = new FileClock(year);
  if (dated !== null) tellZone(clock, dated);
  const { offset } = clock;
  return { begins: new FileClock(year, offset).seconds(first), year, offset };
}

/** The year in which a time without one lies: the last one before the file was written. */
function yearOf(when: string, writtenAt: Date): number {
  const year = writtenAt.getUTCFullYear();
  const seconds = new LogClock(year).seconds(when);
  const dayAfter = writtenAt.getTime() / 1000 + 86_400;
  return seconds !== null && seconds > dayAfter ? year - 1 : year;
}
