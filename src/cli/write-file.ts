import { randomBytes } from 'node:crypto';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { GreyprobeError } from '../errors.js';
import { EXIT } from '../exit-codes.js';

/**
 * Writes a file so that readers see the old one or the new one, whole: to a temporary name in the
 * same folder, synced, then renamed. The name begins with a dot and ends in `.tmp`, so that no
 * collector reads it. Throws `output-failed`.
 */
export async function writeFileWhole(path: string, text: string): Promise<void> {
  const temporary = join(
    dirname(path),
    `.${basename(path)}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`,
  );
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
    const reason = error instanceof Error ? error.message : String(error);
    throw new GreyprobeError('output-failed', `${path} cannot be written: ${reason}`, {
      exit: EXIT.usage,
      suggestions: ['Check that the folder exists and may be written to.'],
      cause: error,
    });
  }
}
