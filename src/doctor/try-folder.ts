import { closeSync, existsSync, mkdirSync, openSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { GreyprobeError } from '../errors.js';
import { type Disk, reasonOf, systemDisk, writeAndSync } from '../journal/disk.js';
import { roomPath } from '../journal/paths.js';
import type { FolderTrial } from './judge-state-folder.js';

/** As much as a run asks for before it begins. */
const TRIAL_BYTES = 256 * 1024;

/**
 * Writes a file into the folder that `find` names, as the journal of a run does, and removes it
 * again, together with the folders that had to be made for it. Never throws.
 */
export function tryFolder(find: () => string, disk: Disk = systemDisk): FolderTrial {
  let folder: string | null = null;
  try {
    folder = find();
    writeTrial(folder, disk);
    return { kind: 'writable', folder };
  } catch (error) {
    const reason =
      folder === null && error instanceof GreyprobeError ? error.message : reasonOf(error);
    return { kind: 'unusable', folder, reason };
  }
}

function writeTrial(folder: string, disk: Disk): void {
  const firstMade = makeFolders(folder);
  const path = roomPath(folder, `doctor-${process.pid}`);
  try {
    const fd = openSync(path, 'wx', 0o600);
    try {
      writeAndSync(disk, fd, Buffer.alloc(TRIAL_BYTES, '.'));
    } finally {
      closeSync(fd);
      rmSync(path, { force: true });
    }
  } finally {
    if (firstMade !== undefined) removeEmpty(folder, firstMade);
  }
}

/**
 * Makes the folder and those around it; gives the outermost that it made. One by one, since the
 * recursive mkdir of Node.js 20 never ends where the system says ENOENT for a new folder, as /proc does.
 */
function makeFolders(folder: string): string | undefined {
  const missing: string[] = [];
  for (let at = join(folder); !existsSync(at) && at !== dirname(at); at = dirname(at)) {
    missing.unshift(at);
  }
  for (const one of missing) mkdirSync(one, { mode: 0o700 });
  return missing[0];
}

/** From the innermost folder out to the first that was made. Stops where somebody else has written. */
function removeEmpty(folder: string, firstMade: string): void {
  try {
    for (let at = join(folder); ; at = dirname(at)) {
      rmdirSync(at);
      if (at === join(firstMade) || at === dirname(at)) return;
    }
  } catch {
    // Not empty: another process keeps a run there by now.
  }
}
