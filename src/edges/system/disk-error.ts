import { EXIT, type ExitCode } from '../../model/exit-codes.js';
import { machineLimit } from '../../model/machine-limits.js';

/** The system's word for a failed call, such as `ENOSPC`, or `''`. */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : '';
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'not permitted',
  EROFS: 'the file system is read-only',
  ENOTDIR: 'a part of the path is not a folder',
  EEXIST: 'a part of the path is not a folder',
  EIO: 'the disk failed',
  ENOENT: 'there is no such file or folder',
  EISDIR: 'it is a folder',
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
