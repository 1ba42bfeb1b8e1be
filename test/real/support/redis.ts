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
    redisIn(folder, port, ['--save', '', '--appendonly', 'no']),
  );
  return { ...daemon, port };
}

/** Starts a Redis that writes each command into the folder, and goes on with what is there. */
export async function startLastingRedis(folder: string, port: number): Promise<Redis> {
  const daemon = await redisIn(folder, port, ['--save', '', '--appendonly', 'yes']);
  return { ...daemon, port };
}

function redisIn(folder: string, port: number, settings: readonly string[]): Promise<Daemon> {
  return startDaemon({
    command: '/usr/bin/redis-server',
    args: [
      ...['--bind', ADDRESS, '--port', String(port)],
      ...['--dir', folder, '--daemonize', 'no'],
      ...settings,
    ],
    ready: () => isListening(ADDRESS, port),
  });
}
