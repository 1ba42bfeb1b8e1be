import { basename, join } from 'node:path';
import { RUN_ID } from '../../core/run/fields.js';

const EXTENSION = '.jsonl';

/** Where the journal of a run is kept. */
export function journalPath(folder: string, run: string): string {
  return join(folder, `${run}${EXTENSION}`);
}

/** Where it is kept who drives a run. */
export function lockPath(journal: string): string {
  return journal.endsWith(EXTENSION)
    ? `${journal.slice(0, -EXTENSION.length)}.lock`
    : `${journal}.lock`;
}

/** The run whose journal has this file name, or null when it is not a journal's name. */
export function runOfFile(name: string): string | null {
  const base = basename(name);
  const run = base.slice(0, -EXTENSION.length);
  return base.endsWith(EXTENSION) && RUN_ID.test(run) ? run : null;
}

const ROOM_PREFIX = '.room-';

/** A file that is written to see that there is room, and removed at once. */
export function roomPath(folder: string, run: string): string {
  return join(folder, `${ROOM_PREFIX}${run}`);
}

export function isRoomFile(name: string): boolean {
  return name.startsWith(ROOM_PREFIX);
}
