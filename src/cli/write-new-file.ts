import { randomBytes } from 'node:crypto';
import { constants, copyFile, link, open, rename, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { GreyprobeError, usageError } from '../errors.js';
import { EXIT } from '../exit-codes.js';

/**
 * Writes a whole file or nothing: to a temporary name beside it, synced, then moved into place.
 * A file that is there is kept unless `overwrite` (usage error `file-exists`).
 */
export async function writeWholeFile(
  path: string,
  content: Buffer | string,
  overwrite: boolean,
): Promise<void> {
  const temporary = join(
    dirname(path),
    `.${basename(path).slice(0, 100)}.${randomBytes(6).toString('hex')}.tmp`,
  );
  try {
    await writeSynced(temporary, content);
    if (overwrite) await rename(temporary, path);
    else await moveToNewName(temporary, path);
  } catch (error) {
    throw describe(error, path);
  } finally {
    await unlink(temporary).catch(() => undefined);
  }
}

/** Fails when the name is taken, also when it is taken just now. */
async function moveToNewName(temporary: string, path: string): Promise<void> {
  try {
    await link(temporary, path);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') throw error;
    // File systems without hard links.
    await copyFile(temporary, path, constants.COPYFILE_EXCL);
  }
}

async function writeSynced(path: string, content: Buffer | string): Promise<void> {
  const file = await open(path, 'wx', 0o644);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

function describe(error: unknown, path: string): Error {
  const code = codeOf(error);
  const shown = JSON.stringify(path);
  if (code === 'EEXIST') {
    return usageError('file-exists', `${shown} is there already.`, 'Add --force to replace it.');
  }
  return new GreyprobeError('cannot-write', `${shown} cannot be written (${code}).`, {
    exit: EXIT.usage,
    suggestions: ['Check that its folder is there and can be written to.'],
    cause: error,
  });
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}
