import { readFileSync } from 'node:fs';

/** What the journal, the DNS and Node.js keep open besides. */
const OTHER_FILES = 128;
const FEWEST = 16;
const USUAL_OPEN_FILES = 1024;

/**
 * How many of something this process can have open at a time, each with so many file descriptors.
 *
 *   1024 files may be open, 2 each    448
 */
export function roomFor(filesEach: number, openFiles = mostOpenFiles()): number {
  return Math.max(FEWEST, Math.floor((openFiles - OTHER_FILES) / filesEach));
}

/** The soft limit of this process (proc(5)); elsewhere the usual one. */
function mostOpenFiles(): number {
  try {
    const limit = /^Max open files\s+(\d+)/mu.exec(readFileSync('/proc/self/limits', 'utf8'));
    return Number(limit?.[1] ?? USUAL_OPEN_FILES);
  } catch {
    return USUAL_OPEN_FILES;
  }
}
