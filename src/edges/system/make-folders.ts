import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

const OWNER_ONLY = 0o700;

/**
 * Makes the folder and those around it, for their owner only; gives the outermost that it made, or
 * undefined where all were there. One by one, since the recursive mkdir of Node.js 20 never ends where
 * the system says ENOENT for a new folder, as /proc does. Throws as mkdir does.
 */
export function makeFolders(folder: string): string | undefined {
  const missing: string[] = [];
  for (let at = join(folder); !existsSync(at) && at !== dirname(at); at = dirname(at)) {
    missing.unshift(at);
  }
  for (const one of missing) makeOne(one);
  return missing[0];
}

/** Another process may make the same folder at the same time. */
function makeOne(folder: string): void {
  try {
    mkdirSync(folder, { mode: OWNER_ONLY });
  } catch (error) {
    if (!existsSync(folder)) throw error;
  }
}
