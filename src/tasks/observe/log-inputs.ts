import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { decodedChunks, readFileChunks, readStreamChunks } from '../../edges/system/read-bytes.js';
import { cannotRead } from '../../edges/system/system-error.js';
import { LogClock } from '../../mail/logs/log-clock.js';
import { LogScanner } from '../../mail/logs/log-scanner.js';

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

/** Most files of all folders; more is a mistake. */
const MOST_FILES = 10_000;
/** Bytes at the beginning of a file in which a time is looked for. */
const HEAD_BYTES = 262_144;

/**
 * The logs that paths name, in the order of their first times, whatever their names. A folder stands for
 * the files in it. Throws `cannot-read-file`.
 */
export async function logInputs(
  paths: readonly string[],
  stdin: AsyncIterable<unknown>,
): Promise<readonly LogInput[]> {
  const inputs: LogInput[] = [];
  for (const path of paths) {
    if (path === '-') inputs.push(stdinInput(stdin));
    else for (const file of await filesAt(path)) inputs.push(await fileInput(file));
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

async function fileInput(path: string): Promise<LogInput> {
  const { size, mtime } = await stat(path).catch((error: unknown) => {
    throw cannotRead(path, error);
  });
  const chunks = () => decodedChunks(readFileChunks(path));
  const first = await firstTime(chunks());
  const year = first === null ? mtime.getUTCFullYear() : yearOf(first, mtime);
  const begins = first === null ? null : new LogClock(year).seconds(first);
  return { name: path, bytes: size, writtenAt: mtime, begins, year, chunks };
}

function stdinInput(stdin: AsyncIterable<unknown>): LogInput {
  const writtenAt = new Date();
  const chunks = () => decodedChunks(readStreamChunks(stdin));
  return { name: '-', bytes: null, writtenAt, begins: null, year: writtenAt.getFullYear(), chunks };
}

/** The first time that a line of the log has. */
async function firstTime(chunks: AsyncGenerator<Buffer>): Promise<string | null> {
  let first: string | null = null;
  const scanner = new LogScanner((event) => {
    first ??= 'when' in event ? event.when : null;
  });
  let read = 0;
  for await (const chunk of chunks) {
    scanner.feed(chunk);
    read += chunk.length;
    if (first !== null || read > HEAD_BYTES) break;
  }
  return first;
}

/** The year in which a time without one lies: the last one before the file was written. */
function yearOf(when: string, writtenAt: Date): number {
  const year = writtenAt.getUTCFullYear();
  const seconds = new LogClock(year).seconds(when);
  const dayAfter = writtenAt.getTime() / 1000 + 86_400;
  return seconds !== null && seconds > dayAfter ? year - 1 : year;
}
