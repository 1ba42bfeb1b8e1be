import { chmodSync, closeSync, constants, fstatSync, openSync, readSync, rmSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { ProbeEvent } from '../../core/run/events.js';
import { errorCode, GreyprobeError } from '../../model/errors.js';
import { EXIT } from '../../model/exit-codes.js';
import { makeFolders } from '../system/make-folders.js';
import { exitFor, reasonOf } from '../system/system-error.js';
import { type Disk, GroupSync, syncFolder, systemDisk, writeAll, writeAndSync } from './disk.js';
import { JOURNAL_FORMAT, type JournalHeader } from './header.js';
import { journalPath, roomPath, runOfFile } from './paths.js';

/**
 * The journal of one run, or a segment of many (`JournalLine`), open for writing. Only the process that
 * holds its lock may have one.
 */
export interface Journal<Line = ProbeEvent> {
  readonly path: string;
  /**
   * Writes the event, and resolves when it is on the disk; a process that is killed before loses it no
   * more. Throws `journal-write-failed` when writing failed and rejects with it when the sync did, and
   * again at every later call: what would follow a gap is worth nothing.
   */
  append(event: Line): Promise<void>;
  /** Harmless when called twice. */
  close(): void;
}

export interface JournalOptions {
  /** Version of greyprobe, for the header. */
  readonly version: string;
  readonly disk?: Disk;
  /** Of many runs: what is appended in one turn of the event loop is written together. */
  readonly isOfMany?: boolean;
}

/** Room that must be there before the first connection; most runs need less. */
const ROOM_BYTES = 256 * 1024;
const OWNER_ONLY_FOLDER = 0o700;
const OWNER_ONLY_FILE = 0o600;
const NEWLINE = 0x0a;

/**
 * Creates the journal of a new run, with its header on the disk. Throws `run-exists` when there is
 * one of that name, and `state-folder-unusable` when the folder cannot be written or its disk is full.
 */
export function createJournal<Line extends object = ProbeEvent>(
  folder: string,
  run: string,
  options: JournalOptions,
): Journal<Line> {
  const disk = options.disk ?? systemDisk;
  const path = journalPath(folder, run);
  const header: JournalHeader = { journal: JOURNAL_FORMAT, version: options.version };
  let fd: number | null = null;
  try {
    createFolder(folder);
    proveRoom(disk, roomPath(folder, run));
    fd = openSync(path, 'ax', OWNER_ONLY_FILE);
    writeAndSync(disk, fd, Buffer.from(lineOf(header)));
    syncFolder(folder);
    return new FileJournal(path, fd, { disk, inLine: false, isOfMany: options.isOfMany ?? false });
  } catch (error) {
    if (fd !== null) {
      closeSync(fd);
      rmSync(path, { force: true });
    } else if (errorCode(error) === 'EEXIST' && folderExists(folder)) {
      throw new GreyprobeError('run-exists', `There is a run ${run} already.`, { cause: error });
    }
    throw unusable(
      folder,
      error,
      'Name another folder with --state-dir, or make room and allow writing there.',
      'Nothing was sent to any mail host.',
    );
  }
}

/**
 * Opens the journal of a run to go on with it. A torn last line is left as it is: the first event
 * goes on a line of its own. Throws `state-folder-unusable`, also when the disk is full.
 */
export function openJournal<Line extends object = ProbeEvent>(
  path: string,
  { disk = systemDisk, isOfMany = false }: Omit<JournalOptions, 'version'> = {},
): Journal<Line> {
  try {
    const fd = openSync(path, constants.O_RDWR | constants.O_APPEND);
    proveRoomFor(fd, path, disk);
    return new FileJournal(path, fd, { disk, inLine: endsInLine(fd), isOfMany });
  } catch (error) {
    throw unusable(
      path,
      error,
      'Make room and allow writing there, then resume the run again.',
      'What the run has seen so far is kept.',
    );
  }
}

interface OpenOptions {
  readonly disk: Disk;
  /** The file ends in the middle of a line. */
  readonly inLine: boolean;
  readonly isOfMany: boolean;
}

class FileJournal<Line extends object> implements Journal<Line> {
  readonly path: string;
  readonly #fd: number;
  readonly #disk: Disk;
  readonly #group: GroupSync;
  readonly #isOfMany: boolean;
  /** Lines that are not written yet. */
  #lines = '';
  #isToBeWritten = false;
  #writeFailure: GreyprobeError | null = null;
  #closed = false;
  #failed: GreyprobeError | null = null;

  constructor(path: string, fd: number, { disk, inLine, isOfMany }: OpenOptions) {
    this.path = path;
    this.#fd = fd;
    this.#disk = disk;
    this.#isOfMany = isOfMany;
    this.#group = new GroupSync(() => {
      this.#write();
      if (this.#writeFailure !== null) throw this.#writeFailure;
      return disk.syncMeanwhile(fd);
    });
    if (inLine) this.#lines = '\n';
  }

  append(event: Line): Promise<void> {
    if (this.#failed !== null) throw this.#failed;
    this.#lines += lineOf(event);
    if (!this.#isOfMany) this.#write();
    else if (!this.#isToBeWritten) {
      this.#isToBeWritten = true;
      setImmediate(() => this.#writeMeanwhile());
    }
    return this.#group.synced().catch((error: unknown) => {
      throw this.#fail(error);
    });
  }

  #write(): void {
    if (this.#lines === '') return;
    const bytes = Buffer.from(this.#lines);
    this.#lines = '';
    try {
      writeAll(this.#disk, this.#fd, bytes);
    } catch (error) {
      this.#writeFailure = this.#fail(error);
      throw this.#writeFailure;
    }
  }

  /** Whoever waits for a line is told that it failed when it is to be synced. */
  #writeMeanwhile(): void {
    this.#isToBeWritten = false;
    try {
      if (!this.#closed) this.#write();
    } catch {
      // Kept as `#writeFailure`.
    }
  }

  #fail(cause: unknown): GreyprobeError {
    this.#failed ??= writeFailed(this.path, cause);
    return this.#failed;
  }

  close(): void {
    if (this.#closed) return;
    this.#writeMeanwhile();
    this.#closed = true;
    this.#fail(new Error('the journal is closed'));
    this.#group.whenIdle(() => closeSync(this.#fd));
  }
}

function lineOf(value: object): string {
  return `${JSON.stringify(value)}\n`;
}

/** What is in the folder is nobody else's business: recipients, senders, hosts. */
function createFolder(folder: string): void {
  const created = makeFolders(folder);
  if (created === undefined) return;
  // The mode above is narrowed by the umask, never widened; say it again for odd umasks.
  if (process.platform !== 'win32') chmodSync(folder, OWNER_ONLY_FOLDER);
  // A new folder lasts once the one around it is synced.
  for (let made = folder; ; made = dirname(made)) {
    syncFolder(dirname(made));
    if (made === created || made === dirname(made)) return;
  }
}

/** Leaves nothing open where there is no room. */
function proveRoomFor(fd: number, path: string, disk: Disk): void {
  try {
    const name = basename(path);
    proveRoom(disk, roomPath(dirname(path), runOfFile(name) ?? name));
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

/**
 * Writes and syncs as much as a run may need, to a file of its own that is removed again. The name is
 * that of the run, which nobody else drives; a process that was killed here may have left one.
 */
function proveRoom(disk: Disk, path: string): void {
  rmSync(path, { force: true });
  const fd = openSync(path, 'ax', OWNER_ONLY_FILE);
  try {
    writeAndSync(disk, fd, Buffer.alloc(ROOM_BYTES, '.'));
  } finally {
    closeSync(fd);
    rmSync(path, { force: true });
  }
}

function folderExists(folder: string): boolean {
  try {
    closeSync(openSync(folder, constants.O_RDONLY | (constants.O_DIRECTORY ?? 0)));
    return true;
  } catch {
    return false;
  }
}

function endsInLine(fd: number): boolean {
  const { size } = fstatSync(fd);
  const last = Buffer.alloc(1);
  return size > 0 && readSync(fd, last, 0, 1, size - 1) === 1 && last[0] !== NEWLINE;
}

function unusable(path: string, cause: unknown, ...suggestions: readonly string[]): GreyprobeError {
  return new GreyprobeError(
    'state-folder-unusable',
    `The run cannot be kept in ${path}: ${reasonOf(cause)}.`,
    {
      exit: exitFor(cause, EXIT.usage),
      suggestions,
      cause,
    },
  );
}

function writeFailed(path: string, cause: unknown): GreyprobeError {
  return new GreyprobeError(
    'journal-write-failed',
    `The run was stopped, since what it sees can no longer be kept in ${path}: ${reasonOf(cause)}.`,
    {
      exit: exitFor(cause, EXIT.fault),
      suggestions: [
        'What was seen until then is kept. Make room or repair the disk, then resume the run.',
      ],
      cause,
    },
  );
}
