import { closeSync, fdatasyncSync, fsyncSync, openSync, writeSync } from 'node:fs';

/** The two calls that can fail on a disk that is full or gone; passed in so that tests can fail them. */
export interface Disk {
  /** Writes at the end, returns how many bytes were taken. */
  write(fd: number, bytes: Uint8Array): number;
  /** Returns when the bytes are on the disk. */
  sync(fd: number): void;
}

export const systemDisk: Disk = {
  write: (fd, bytes) => writeSync(fd, bytes),
  sync: (fd) => fdatasyncSync(fd),
};

/** Writes all of the bytes, however few the system takes at a time, and syncs them. */
export function writeAndSync(disk: Disk, fd: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) {
    const taken = disk.write(fd, bytes.subarray(at));
    if (taken <= 0) throw new Error('the disk takes no more bytes');
    at += taken;
  }
  disk.sync(fd);
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
