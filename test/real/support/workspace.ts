import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Daemon } from './daemon.js';

/** A folder of its own for a daemon; others may look in, since daemons give up being root. */
export async function makeWorkspace(name: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `greyprobe-${name}-`));
  await chmod(folder, 0o755);
  return folder;
}

export function removeWorkspace(folder: string): Promise<void> {
  return rm(folder, { recursive: true, force: true, maxRetries: 5 });
}

/** Starts a daemon in a folder of its own, which goes with it, or at once when it does not come up. */
export async function startInWorkspace(
  name: string,
  start: (folder: string) => Promise<Daemon>,
): Promise<Daemon> {
  const folder = await makeWorkspace(name);
  try {
    const daemon = await start(folder);
    return {
      ...daemon,
      stop: async () => {
        await daemon.stop();
        await removeWorkspace(folder);
      },
    };
  } catch (error) {
    await removeWorkspace(folder);
    throw error;
  }
}
