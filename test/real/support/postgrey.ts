import { execFile } from 'node:child_process';
import { chown, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { isListening, startDaemon } from './daemon.js';
import { freePort } from './free-port.js';
import { makeWorkspace, removeWorkspace } from './workspace.js';

export interface Postgrey {
  readonly address: string;
  readonly port: number;
  output(): string;
  stop(): Promise<void>;
}

export interface PostgreyOptions {
  readonly delaySeconds: number;
  /** Without it any free one. */
  readonly port?: number;
  /** Further arguments: `--greylist-text=Greylisted for %s seconds`. */
  readonly args?: readonly string[];
}

const ADDRESS = '127.0.0.1';
const run = promisify(execFile);

/** Starts Postgrey with an empty memory of its own. */
export async function startPostgrey(options: PostgreyOptions): Promise<Postgrey> {
  const port = options.port ?? (await freePort(ADDRESS));
  const folder = await makeWorkspace('postgrey');
  const memory = join(folder, 'db');
  await mkdir(memory);
  await chown(memory, await numericId('-u'), await numericId('-g'));
  try {
    const daemon = await startDaemon({
      command: '/usr/sbin/postgrey',
      args: [
        `--inet=${ADDRESS}:${port}`,
        `--dbdir=${memory}`,
        `--delay=${options.delaySeconds}`,
        // Without these it whitelists clients and recipients that Debian lists.
        '--whitelist-clients=/dev/null',
        '--whitelist-recipients=/dev/null',
        ...(options.args ?? []),
      ],
      ready: () => isListening(ADDRESS, port),
    });
    return {
      address: ADDRESS,
      port,
      output: daemon.output,
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

/** User or group number of the user that Postgrey becomes. */
async function numericId(which: '-u' | '-g'): Promise<number> {
  const { stdout } = await run('id', [which, 'postgrey']);
  return Number(stdout.trim());
}
