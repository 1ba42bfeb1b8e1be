/** The system's word for a failed call, such as `ENOSPC`, or `''`. */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : '';
}

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'your quota on the disk is used up',
  EFBIG: 'the file may not grow any more',
  EACCES: 'permission denied',
  EPERM: 'not permitted',
  EROFS: 'the file system is read-only',
  ENOTDIR: 'a part of the path is not a folder',
  EEXIST: 'a part of the path is not a folder',
  EIO: 'the disk failed',
  ENOENT: 'there is no such file or folder',
  EISDIR: 'it is a folder',
};

/** Why a call failed, in a few words. */
export function reasonOf(error: unknown): string {
  const known = REASONS[errorCode(error)];
  if (known !== undefined) return known;
  return error instanceof Error ? error.message : String(error);
}
