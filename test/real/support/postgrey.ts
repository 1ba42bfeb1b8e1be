import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Daemon, isListening, startDaemon } from './daemon.js';
import { freePort } from './free-port.js';
import { giveTo } from './user.js';
import { startInWorkspace } from './workspace.js';

export interface PolicyService extends Daemon {
  readonly port: number;
}

export interface PostgreyOptions {
  readonly delaySeconds: number;
  /** Further arguments: `--greylist-text=Greylisted for %s seconds`. */
  readonly args?: readonly string[];
}

const ADDRESS = '127.0.0.1';

/** Starts Postgrey with an empty memory of its own. */
export async function startPostgrey(options: PostgreyOptions): Promise<PolicyService> {
  const port = await freePort(ADDRESS);
  const daemon = await startInWorkspace('postgrey', async (folder) => {
    const memory = join(folder, 'db');
    await mkdir(memory);
    await giveTo('postgrey', memory);
    return startDaemon({
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
      syslogName: 'postgrey',
    });
  });
  return { ...daemon, port };
}
