import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  decodedChunks,
  type ReadNote,
  readFileChunks,
  readStreamChunks,
} from '../../edges/system/read-bytes.js';
import { cannotRead } from '../../edges/system/system-error.js';
import { LogClock } from '../../mail/logs/log-clock.js';
import { LogScanner } from '../../mail/logs/log-scanner.js';
import { unreadableKind } from '../../mail/recognise.js';

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
  const { first } = begin;
  const year = first === null ? mtime.getUTCFullYear() : yearOf(first, mtime);
  const begins = first === null ? null : new LogClock(year).seconds(first);
  return { name: path, bytes: size, writtenAt: mtime, begins, year, chunks };
}

function stdinInput(stdin: AsyncIterable<unknown>, onNote: OnNote): LogInput {
  const writtenAt = new Date();
  const chunks = () => decodedChunks(readStreamChunks(stdin), onNote);
  return { name: '-', bytes: null, writtenAt, begins: null, year: writtenAt.getFullYear(), chunks };
}

/** The first time that a line of the log has, or what to say of a file that is no log. */
async function beginOf(
  chunks: AsyncGenerator<Buffer>,
): Promise<{ readonly first: string | null } | { readonly unreadable: string }> {
  let first: string | null = null;
  const scanner = new LogScanner((event) => {
    first ??= 'when' in event ? event.when : null;
  });
  let read = 0;
  for await (const chunk of chunks) {
    const kind = read === 0 ? unreadableKind(chunk) : null;
    if (kind !== null) return { unreadable: `this is ${kind.name}. ${kind.advice}` };
    scanner.feed(chunk);
    read += chunk.length;
    if (first !== null || read > HEAD_BYTES) break;
  }
  return { first };
}

/** The year in which a time without one lies: the last one before the file was written. */
function yearOf(when: string, writtenAt: Date): number {
  const year = writtenAt.getUTCFullYear();
  const seconds = new LogClock(year).seconds(when);
  const dayAfter = writtenAt.getTime() / 1000 + 86_400;
  return seconds !== null && seconds > dayAfter ? year - 1 : year;
}
