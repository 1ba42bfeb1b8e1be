import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder of its own for a daemon; others may look in, since daemons give up being root. */
export async function makeWorkspace(name: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `greyprobe-${name}-`));
  await chmod(folder, 0o755);
  return folder;
}

export function removeWorkspace(folder: string): Promise<void> {
  return rm(folder, { recursive: true, force: true, maxRetries: 5 });
}
