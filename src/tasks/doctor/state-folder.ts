import { closeSync, openSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Disk, systemDisk, writeAndSync } from '../../edges/journal/disk.js';
import { roomPath } from '../../edges/journal/paths.js';
import { makeFolders } from '../../edges/system/make-folders.js';
import { reasonOf } from '../../edges/system/system-error.js';
import { GreyprobeError } from '../../model/errors.js';
import { type Diagnosis, failed, ok } from './diagnosis.js';

/** What came of writing into the folder of the runs; `folder` is null where there is no such place. */
export type FolderTrial =
  | { readonly kind: 'writable'; readonly folder: string }
  | { readonly kind: 'unusable'; readonly folder: string | null; readonly reason: string };

/** Judges the folder in which runs are kept: without it no probe begins. */
export function diagnoseStateFolder(trial: FolderTrial): Diagnosis {
  if (trial.kind === 'writable') return ok(`Runs can be kept in ${trial.folder}.`);
  const next = 'Name a folder that can be written with --state-dir, or set GREYPROBE_STATE_DIR.';
  if (trial.folder === null) return failed(trial.reason, next);
  return failed(`Runs cannot be kept in ${trial.folder}: ${trial.reason}.`, next);
}

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
