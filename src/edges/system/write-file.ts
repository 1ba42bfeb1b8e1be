import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import {
  copyFile,
  type FileHandle,
  link,
  open,
  realpath,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { errorCode, GreyprobeError, usageError } from '../../model/errors.js';
import { EXIT } from '../../model/exit-codes.js';
import { exitFor, reasonOf } from './system-error.js';

/**
 * Writes a file so that readers see the old one or the new one, whole: to a temporary name in the
 * same folder, synced, then renamed. The name begins with a dot and ends in `.tmp`, so that no
 * collector reads it. Throws `output-failed`.
 */
export async function writeFileWhole(path: string, content: string | Buffer): Promise<void> {
  const target = await targetOf(path);
  if (target === null) return writeToDevice(path, content);
  await writeBeside(path, target, content, (temporary) => rename(temporary, target));
}

/** The same for a file that must not be there yet. Throws `file-exists` when it is. */
export async function writeNewFile(path: string, content: string | Buffer): Promise<void> {
  await refuseExisting(path);
  await writeBeside(path, path, content, (temporary) => moveToNewName(temporary, path));
}

/** Says early that a file is there. Throws `file-exists`, and `output-failed` for a folder. */
export async function refuseExisting(path: string): Promise<void> {
  const known = await stat(path).catch(() => null);
  if (known?.isDirectory() === true) throw isFolder(path);
  if (known !== null) throw fileExists(path);
}

async function writeBeside(
  path: string,
  target: string,
  content: string | Buffer,
  move: (temporary: string) => Promise<void>,
): Promise<void> {
  const temporary = temporaryName(target);
  let file: FileHandle | null = null;
  try {
    file = await open(temporary, 'wx');
    await file.writeFile(content);
    await file.sync();
    await file.close();
    file = null;
    await move(temporary);
  } catch (error) {
    await file?.close().catch(() => undefined);
    throw outputFailed(path, error);
  } finally {
    await rm(temporary, { force: true }).catch(() => undefined);
  }
}

/** Fails when the name is taken, also when it is taken just now. */
async function moveToNewName(temporary: string, path: string): Promise<void> {
  try {
    await link(temporary, path);
  } catch (error) {
    if (errorCode(error) === 'EEXIST') throw error;
    // File systems without hard links.
    await copyFile(temporary, path, constants.COPYFILE_EXCL);
  }
}

/** Tries what `writeFileWhole` will need, and leaves nothing behind. Throws `output-failed`. */
export async function proveWritable(path: string): Promise<void> {
  try {
    const target = await targetOf(path);
    if (target === null) return;
    const temporary = temporaryName(target);
    await (await open(temporary, 'wx')).close();
    await rm(temporary);
  } catch (error) {
    throw outputFailed(path, error);
  }
}

/**
 * The regular file behind a name, through symbolic links; null for a device or a pipe, which a rename
 * would replace. A file that is not there yet is itself. Throws `output-failed` for a folder.
 */
async function targetOf(path: string): Promise<string | null> {
  const known = await stat(path).catch(() => null);
  if (known === null) return path;
  if (known.isDirectory()) throw isFolder(path);
  return known.isFile() ? realpath(path) : null;
}

async function writeToDevice(path: string, content: string | Buffer): Promise<void> {
  try {
    await writeFile(path, content);
  } catch (error) {
    throw outputFailed(path, error);
  }
}

function temporaryName(path: string): string {
  const unique = `${process.pid}.${randomBytes(4).toString('hex')}`;
  return join(dirname(path), `.${basename(path)}.${unique}.tmp`);
}

function fileExists(path: string): GreyprobeError {
  return usageError('file-exists', `${path} is there already.`, 'Add --force to replace it.');
}

function isFolder(path: string): GreyprobeError {
  return outputFailed(path, new Error('it is a folder'));
}

function outputFailed(path: string, cause: unknown): GreyprobeError {
  if (cause instanceof GreyprobeError) return cause;
  if (errorCode(cause) === 'EEXIST') {
    return fileExists(path);
  }
  // The system would name the temporary file, which is nobody's business.
  const missing = errorCode(cause) === 'ENOENT';
  const reason = missing ? `there is no folder ${dirname(path)}` : reasonOf(cause);
  return new GreyprobeError('output-failed', `${path} cannot be written: ${reason}.`, {
    exit: exitFor(cause, EXIT.usage),
    suggestions: [missing ? 'Make the folder first.' : 'Give another file.'],
    cause,
  });
}
