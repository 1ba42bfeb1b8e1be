import { randomBytes } from 'node:crypto';
import { type FileHandle, open, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { GreyprobeError } from '../errors.js';
import { EXIT } from '../exit-codes.js';

/**
 * Writes a file so that readers see the old one or the new one, whole: to a temporary name in the
 * same folder, synced, then renamed. The name begins with a dot and ends in `.tmp`, so that no
 * collector reads it. Throws `output-failed`.
 */
export async function writeFileWhole(path: string, text: string): Promise<void> {
  const target = await targetOf(path);
  if (target === null) return writeToDevice(path, text);
  const temporary = temporaryName(target);
  let file: FileHandle | null = null;
  try {
    file = await open(temporary, 'wx');
    await file.writeFile(text);
    await file.sync();
    await file.close();
    file = null;
    await rename(temporary, target);
  } catch (error) {
    await file?.close().catch(() => undefined);
    await rm(temporary, { force: true }).catch(() => undefined);
    throw outputFailed(path, error);
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
  if (known.isDirectory()) throw outputFailed(path, new Error('it is a folder'));
  return known.isFile() ? realpath(path) : null;
}

async function writeToDevice(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text);
  } catch (error) {
    throw outputFailed(path, error);
  }
}

function temporaryName(path: string): string {
  const unique = `${process.pid}.${randomBytes(4).toString('hex')}`;
  return join(dirname(path), `.${basename(path)}.${unique}.tmp`);
}

function outputFailed(path: string, cause: unknown): GreyprobeError {
  if (cause instanceof GreyprobeError) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new GreyprobeError('output-failed', `${path} cannot be written: ${reason}`, {
    exit: EXIT.usage,
    suggestions: ['Check that the folder exists and may be written to.'],
    cause,
  });
}
