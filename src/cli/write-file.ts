import { randomBytes } from 'node:crypto';
import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { GreyprobeError } from '../errors.js';
import { EXIT } from '../exit-codes.js';

/**
 * Writes a file so that readers see the old one or the new one, whole: to a temporary name in the
 * same folder, synced, then renamed. The name begins with a dot and ends in `.tmp`, so that no
 * collector reads it. Throws `output-failed`.
 */
export async function writeFileWhole(path: string, text: string): Promise<void> {
  const temporary = temporaryName(path);
  let file: FileHandle | null = null;
  try {
    file = await open(temporary, 'wx');
    await file.writeFile(text);
    await file.sync();
    await file.close();
    file = null;
    await rename(temporary, path);
  } catch (error) {
    await file?.close().catch(() => undefined);
    await rm(temporary, { force: true }).catch(() => undefined);
    throw outputFailed(path, error);
  }
}

/** Tries what `writeFileWhole` will need, and leaves nothing behind. Throws `output-failed`. */
export async function proveWritable(path: string): Promise<void> {
  try {
    const known = await stat(path).catch(() => null);
    if (known?.isDirectory() === true) throw new Error('it is a folder');
    const temporary = temporaryName(path);
    await (await open(temporary, 'wx')).close();
    await rm(temporary);
  } catch (error) {
    throw outputFailed(path, error);
  }
}

function temporaryName(path: string): string {
  const unique = `${process.pid}.${randomBytes(4).toString('hex')}`;
  return join(dirname(path), `.${basename(path)}.${unique}.tmp`);
}

function outputFailed(path: string, cause: unknown): GreyprobeError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new GreyprobeError('output-failed', `${path} cannot be written: ${reason}`, {
    exit: EXIT.usage,
    suggestions: ['Check that the folder exists and may be written to.'],
    cause,
  });
}
