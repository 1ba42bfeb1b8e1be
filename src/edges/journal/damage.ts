import { GreyprobeError } from '../../model/errors.js';

/** A journal that does not say what it once said. Names the line; nothing is done to the file. */
export function damaged(path: string, line: number, what: string): GreyprobeError {
  return new GreyprobeError('journal-damaged', `${path} is damaged in line ${line}: ${what}.`, {
    suggestions: ['The file was left as it is. Restore it from a copy, or begin a new run.'],
  });
}

/** A journal whose process died before the run began. */
export function journalEmpty(path: string): GreyprobeError {
  return new GreyprobeError('journal-empty', `${path} was cut off before the run began.`, {
    suggestions: ['Nothing was sent in that run. Begin a new one with: greyprobe probe'],
  });
}
