import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { errorCode } from '../../model/errors.js';
import { cannotRead } from '../system/system-error.js';

const TAIL_BYTES = 4096;

/** The last line of a file, or its end where that is long. Throws `cannot-read-file`. */
export function lastLine(path: string): string {
  try {
    const fd = openSync(path, 'r');
    try {
      const { size } = fstatSync(fd);
      const bytes = Buffer.alloc(Math.min(TAIL_BYTES, size));
      const read = readSync(fd, bytes, 0, bytes.length, size - bytes.length);
      const text = bytes.toString('utf8', 0, read).trimEnd();
      return text.slice(text.lastIndexOf('\n') + 1);
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    if (errorCode(error) === '') throw error;
    throw cannotRead(path, error);
  }
}
