/**
 * What the system calls a limit of its own that is reached, with the words for it: file descriptors,
 * memory, disk space.
 */
const LIMITS: ReadonlyMap<string, string> = new Map([
  ['EMFILE', 'it may open no more files and connections (ulimit -n)'],
  ['ENFILE', 'the whole machine has too many files and connections open'],
  ['ENOMEM', 'there is no memory left'],
  ['ENOBUFS', 'there is no memory left for the network'],
  ['ERR_WORKER_OUT_OF_MEMORY', 'there is no memory left'],
  ['ENOSPC', 'the disk is full'],
  ['EDQUOT', 'your quota on the disk is used up'],
  ['EFBIG', 'the file may not grow any more'],
]);

/** Why this machine, and not greyprobe or a mail host, is to blame for an error code; null where it is not. */
export function machineLimit(errorCode: string): string | null {
  return LIMITS.get(errorCode) ?? null;
}
