import { errorCode, GreyprobeError } from '../../model/errors.js';
import { EXIT, type ExitCode } from '../../model/exit-codes.js';
import { machineLimit } from '../../model/machine-limits.js';
import { escapeControl } from '../../model/values/escape.js';

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'not permitted',
  EROFS: 'the file system is read-only',
  ENOTDIR: 'a part of the path is not a folder',
  EEXIST: 'a part of the path is not a folder',
  EIO: 'the disk failed',
  ENOENT: 'there is no such file or folder',
  EISDIR: 'it is a folder',
  ELOOP: 'its links go round in a circle',
  ENAMETOOLONG: 'its name is too long',
  ERR_INVALID_ARG_VALUE: 'no file can have such a name',
  ERR_ENCODING_INVALID_ENCODED_DATA: 'it is not text in UTF-8',
};

/** The exit code for a failed call: that of the machine's limits, or `otherwise`. */
export function exitFor(error: unknown, otherwise: ExitCode): ExitCode {
  return machineLimit(errorCode(error)) === null ? otherwise : EXIT.machineLimit;
}

/** Why a call failed, in a few words. */
export function reasonOf(error: unknown): string {
  const code = errorCode(error);
  const known = machineLimit(code) ?? REASONS[code];
  if (known !== undefined) return known;
  return error instanceof Error ? error.message : String(error);
}

/** What to do about a file that cannot be read, where the caller knows nothing better. */
const NEXT: Readonly<Record<string, string>> = {
  ENOENT: 'Check the name, and the folder that it is looked for in.',
  EISDIR: 'Name a file.',
  EACCES: 'Allow reading it, or name another file.',
};

/**
 * The one wording for a file that cannot be read: a usage error, `cannot-read-file`. `next` says what
 * to do, in the place of what follows from the reason.
 */
export function cannotRead(
  shown: string,
  error: unknown,
  ...next: readonly string[]
): GreyprobeError {
  const usual = NEXT[errorCode(error)];
  const name = shown === '' ? "''" : escapeControl(shown);
  return new GreyprobeError('cannot-read-file', `${name} cannot be read: ${reasonOf(error)}.`, {
    exit: exitFor(error, EXIT.usage),
    suggestions: next.length > 0 || usual === undefined ? next : [usual],
    cause: error,
  });
}
