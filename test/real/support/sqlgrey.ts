import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isListening, startDaemon } from './daemon.js';
import { freePort } from './free-port.js';
import type { PolicyService } from './postgrey.js';
import { giveTo } from './user.js';
import { startInWorkspace } from './workspace.js';

export interface SqlgreyOptions {
  /** It knows whole minutes only. */
  readonly delayMinutes: number;
  /** Further settings of sqlgrey.conf. */
  readonly settings?: Readonly<Record<string, string>>;
}

const ADDRESS = '127.0.0.1';

/** Starts SQLgrey with an empty SQLite database of its own. */
export async function startSqlgrey(options: SqlgreyOptions): Promise<PolicyService> {
  const port = await freePort(ADDRESS);
  const daemon = await startInWorkspace('sqlgrey', async (folder) => {
    const memory = join(folder, 'db');
    await mkdir(memory);
    await giveTo('sqlgrey', memory);
    const file = join(folder, 'sqlgrey.conf');
    await writeFile(file, configuration(folder, memory, port, options));
    return startDaemon({
      command: '/usr/sbin/sqlgrey',
      args: ['-f', file],
      ready: () => isListening(ADDRESS, port),
      syslogName: 'sqlgrey',
    });
  });
  return { ...daemon, port };
}

function configuration(
  folder: string,
  memory: string,
  port: number,
  { delayMinutes, settings = {} }: SqlgreyOptions,
): string {
  const all: Record<string, string> = {
    inet: `${ADDRESS}:${port}`,
    pidfile: join(folder, 'sqlgrey.pid'),
    reconnect_delay: String(delayMinutes),
    db_type: 'SQLite',
    db_name: join(memory, 'sqlgrey.db'),
    // By the whole address, since all clients here are on loopback.
    greymethod: 'full',
    // Else it sends mail when its database is in trouble.
    admin_mail: '',
    ...settings,
  };
  return Object.entries(all)
    .map(([name, value]) => `${name} = ${value}\n`)
    .join('');
}
