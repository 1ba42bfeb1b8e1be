import { execFile } from 'node:child_process';
import { chown } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Gives a file or folder to the user that a daemon becomes, and to that user's group. */
export async function giveTo(user: string, path: string): Promise<void> {
  await chown(path, await numericId('-u', user), await numericId('-g', user));
}

async function numericId(which: '-u' | '-g', user: string): Promise<number> {
  const { stdout } = await run('id', [which, user]);
  return Number(stdout.trim());
}
