import { randomUUID } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readFileSync,
  realpathSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import * as v from 'valibot';
import { errorCode, GreyprobeError } from '../../model/errors.js';
import { EXIT } from '../../model/exit-codes.js';
import { exitFor, reasonOf } from '../system/system-error.js';
import { lockPath } from './paths.js';
import {
  isAlive,
  type ProcessIdentity,
  ProcessIdentitySchema,
  thisProcess,
} from './process-identity.js';

/*
 * Who drives a run.
 *
 * The lock file is a list of lines that is only ever appended to: `take`, naming the line that it
 * comes after, and `leave`. Appends by several processes get one order that all of them see, so of two
 * that take after the same line exactly one comes first; the other reads the list and sees that it
 * lost. Nothing is removed or renamed, which is where lock files usually race. A process that died
 * holds nothing: whoever comes next sees that it is gone and takes after its line.
 */

const EntrySchema = v.variant('what', [
  v.object({
    what: v.literal('take'),
    id: v.string(),
    after: v.nullable(v.string()),
    holder: ProcessIdentitySchema,
    sinceWallMs: v.number(),
  }),
  v.object({ what: v.literal('leave'), id: v.string(), after: v.string() }),
]);
type Entry = v.InferOutput<typeof EntrySchema>;

/** The process that drives a run, and since when (milliseconds since the epoch). */
export interface LockHolder {
  readonly process: ProcessIdentity;
  readonly sinceWallMs: number;
}

/** What the list says after its last valid line. */
interface LockState {
  readonly last: string | null;
  readonly holder: LockHolder | null;
  /** Last sign of life of the holder: the time of the file. */
  readonly touchedWallMs: number;
}

/** The right to drive a run. */
export interface RunLock {
  /** Throws `run-lock-lost` when another process took the run over, which one that lives prevents. */
  check(): void;
  /** Harmless when called twice. */
  release(): void;
}

export interface LockOptions {
  readonly self?: ProcessIdentity;
  readonly nowWallMs?: () => number;
  readonly alive?: (holder: ProcessIdentity, touchedWallMs: number, nowWallMs: number) => boolean;
}

/** How often the holder shows that it lives, for those who cannot see its process. */
const SIGN_OF_LIFE_MS = 20_000;
const LONGEST_LIST_BYTES = 4 * 1024 * 1024;
const TRIES = 5;
const APPENDING =
  constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK;

/**
 * Takes the right to drive the run of a journal. Throws `run-is-locked`, with the process that has
 * it and since when, or `state-folder-unusable`.
 */
export function lockRun(journal: string, options: LockOptions = {}): RunLock {
  const path = lockOf(journal);
  const now = options.nowWallMs ?? Date.now;
  const self = options.self ?? thisProcess();
  for (let tries = 0; tries < TRIES; tries += 1) {
    const state = readState(path);
    if (state.holder !== null && lives(state, now(), options)) throw locked(state.holder);
    const id = randomUUID();
    append(path, { what: 'take', id, after: state.last, holder: self, sinceWallMs: now() });
    if (readState(path).last === id) return new HeldLock(path, id);
  }
  throw new GreyprobeError('run-is-locked', 'Other processes keep taking this run.', {
    exit: EXIT.notYet,
    suggestions: ['Try again in a moment.'],
  });
}

/** The living process that drives the run of a journal, or null. */
export function lockHolder(journal: string, options: LockOptions = {}): LockHolder | null {
  const state = readState(lockOf(journal));
  const now = options.nowWallMs ?? Date.now;
  return state.holder !== null && lives(state, now(), options) ? state.holder : null;
}

/** One journal has one lock, whatever symbolic links lead to it. */
function lockOf(journal: string): string {
  try {
    return lockPath(realpathSync(journal));
  } catch {
    return lockPath(journal);
  }
}

class HeldLock implements RunLock {
  readonly #path: string;
  readonly #id: string;
  readonly #timer: NodeJS.Timeout;
  #released = false;

  constructor(path: string, id: string) {
    this.#path = path;
    this.#id = id;
    this.#timer = setInterval(() => touch(path), SIGN_OF_LIFE_MS);
    this.#timer.unref();
  }

  check(): void {
    if (!this.#released && readState(this.#path).last === this.#id) return;
    throw new GreyprobeError(
      'run-lock-lost',
      'The run was stopped: another process has taken it over, or its lock was removed.',
      { suggestions: ['See which runs are being driven with: greyprobe runs'] },
    );
  }

  release(): void {
    if (this.#released) return;
    this.#released = true;
    clearInterval(this.#timer);
    try {
      append(this.#path, { what: 'leave', id: randomUUID(), after: this.#id });
    } catch {
      // The process ends soon, and one that is gone holds nothing.
    }
  }
}

function lives(state: LockState, nowWallMs: number, options: LockOptions): boolean {
  const alive = options.alive ?? isAlive;
  return state.holder !== null && alive(state.holder.process, state.touchedWallMs, nowWallMs);
}

/** Folds the list: a line counts only when it comes after the last one that counted. */
function readState(path: string): LockState {
  let last: string | null = null;
  let holder: LockHolder | null = null;
  const { text, touchedWallMs } = readList(path);
  for (const line of text.split('\n')) {
    const entry = parseEntry(line);
    if (entry === null || entry.after !== last) continue;
    last = entry.id;
    holder =
      entry.what === 'take' ? { process: entry.holder, sinceWallMs: entry.sinceWallMs } : null;
  }
  return { last, holder, touchedWallMs };
}

function readList(path: string): { readonly text: string; readonly touchedWallMs: number } {
  try {
    // Not to wait for a writer where a named pipe lies in the way.
    const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const stats = fstatSync(fd);
      if (!stats.isFile()) throw new Error('it is no file');
      if (stats.size > LONGEST_LIST_BYTES) throw new Error('the file is far too long');
      return { text: readFileSync(fd, 'utf8'), touchedWallMs: stats.mtimeMs };
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return { text: '', touchedWallMs: 0 };
    throw unusable(path, error);
  }
}

/** Lines of processes that died while they wrote are no entries, and are passed over by all. */
function parseEntry(line: string): Entry | null {
  if (line === '') return null;
  try {
    const parsed = v.safeParse(EntrySchema, JSON.parse(line));
    return parsed.success ? parsed.output : null;
  } catch {
    return null;
  }
}

/** One write to the end of the file, with a line end on both sides, lest a torn line swallow it. */
function append(path: string, entry: Entry): void {
  try {
    const fd = openSync(path, APPENDING, 0o600);
    try {
      const line = Buffer.from(`\n${JSON.stringify(entry)}\n`);
      if (writeSync(fd, line) < line.length) throw new Error('the disk takes no more bytes');
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    throw unusable(path, error);
  }
}

function touch(path: string): void {
  try {
    const now = new Date();
    utimesSync(path, now, now);
  } catch {
    // Only those who cannot see this process miss the sign, and they wait for several.
  }
}

function locked(holder: LockHolder): GreyprobeError {
  const since = new Date(holder.sinceWallMs).toISOString();
  const { pid, host } = holder.process;
  return new GreyprobeError(
    'run-is-locked',
    `Another process has this run: process ${pid} on ${host}, since ${since}.`,
    {
      exit: EXIT.notYet,
      suggestions: ['Wait until it ends, or end it; a process that is gone holds nothing.'],
    },
  );
}

function unusable(path: string, cause: unknown): GreyprobeError {
  return new GreyprobeError(
    'state-folder-unusable',
    `The run cannot be locked with ${path}: ${reasonOf(cause)}.`,
    {
      exit: exitFor(cause, EXIT.usage),
      suggestions: ['Allow writing there, or name another folder with --state-dir.'],
      cause,
    },
  );
}
