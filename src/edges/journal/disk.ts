import { closeSync, fdatasync, fdatasyncSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { promisify } from 'node:util';

/** The calls that can fail on a disk that is full or gone; passed in so that tests can fail them. */
export interface Disk {
  /** Writes at the end, returns how many bytes were taken. */
  write(fd: number, bytes: Uint8Array): number;
  /** Returns when the bytes are on the disk. */
  sync(fd: number): void;
  /** The same, while other things go on. */
  syncMeanwhile(fd: number): Promise<void>;
}

export const systemDisk: Disk = {
  write: (fd, bytes) => writeSync(fd, bytes),
  sync: (fd) => fdatasyncSync(fd),
  syncMeanwhile: promisify(fdatasync),
};

/** Writes all of the bytes, however few the system takes at a time, and syncs them. */
export function writeAndSync(disk: Disk, fd: number, bytes: Uint8Array): void {
  writeAll(disk, fd, bytes);
  disk.sync(fd);
}

/** Writes all of the bytes: a process that is killed now loses none of them. */
export function writeAll(disk: Disk, fd: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) {
    const taken = disk.write(fd, bytes.subarray(at));
    if (taken <= 0) throw new Error('the disk takes no more bytes');
    at += taken;
  }
}

/**
 * Syncs of one file, each for all who asked before it began: while the disk works on one, those who ask
 * wait for the next together. Once one has failed all that follow fail.
 */
export class GroupSync {
  readonly #sync: () => Promise<void>;
  #running: Promise<void> = Promise.resolve();
  #next: Promise<void> | null = null;

  constructor(sync: () => Promise<void>) {
    this.#sync = sync;
  }

  /** Resolves when what was written until now is on the disk. */
  synced(): Promise<void> {
    this.#next ??= this.#running.then(() => {
      this.#next = null;
      this.#running = this.#sync();
      return this.#running;
    });
    return this.#next;
  }

  /** Calls back when no sync is under way. */
  whenIdle(act: () => void): void {
    void (this.#next ?? this.#running).then(act, act);
  }
}

/** Makes the names in a folder last. Windows cannot sync folders, and needs no such thing. */
export function syncFolder(folder: string): void {
  let fd: number | null = null;
  try {
    fd = openSync(folder, 'r');
    fsyncSync(fd);
  } catch {
    // The file itself is synced; on systems that refuse this there is nothing more to do.
  } finally {
    if (fd !== null) closeSync(fd);
  }
}
