import { type Daemon, isListening, startDaemon } from './daemon.js';
import { freePort } from './free-port.js';
import { startInWorkspace } from './workspace.js';

export interface Redis extends Daemon {
  readonly port: number;
}

const ADDRESS = '127.0.0.1';

/** Starts a Redis that keeps everything in memory. */
export async function startRedis(): Promise<Redis> {
  const port = await freePort(ADDRESS);
  const daemon = await startInWorkspace('redis', (folder) =>
    startDaemon({
      command: '/usr/bin/redis-server',
      args: [
        ...['--bind', ADDRESS, '--port', String(port)],
        ...['--dir', folder, '--save', '', '--appendonly', 'no', '--daemonize', 'no'],
      ],
      ready: () => isListening(ADDRESS, port),
    }),
  );
  return { ...daemon, port };
}
