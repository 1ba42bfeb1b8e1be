import { closeSync, openSync, writeSync } from 'node:fs';
import { GreyprobeError } from '../../model/errors.js';
import { EXIT } from '../../model/exit-codes.js';
import { escapeControl } from '../../model/values/escape.js';
import { reasonOf } from './system-error.js';

/** A file that others may read while it grows. */
export interface GrowingFile {
  /** Throws `output-failed`. */
  append(text: string): void;
  close(): void;
}

/** Begins the file anew. Throws `output-failed`. */
export function growingFile(path: string): GrowingFile {
  const fd = orFail(path, () => openSync(path, 'w'));
  return {
    append: (text) => {
      const bytes = Buffer.from(text);
      orFail(path, () => {
        for (let at = 0; at < bytes.length; at += writeSync(fd, bytes, at));
      });
    },
    close: () => closeSync(fd),
  };
}

function orFail<T>(path: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    const message = `${escapeControl(path)} cannot be written: ${reasonOf(error)}.`;
    throw new GreyprobeError('output-failed', message, {
      exit: EXIT.usage,
      suggestions: ['Make room or allow writing there, or give another file.'],
      cause: error,
    });
  }
}
