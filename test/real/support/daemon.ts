import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** A daemon that runs in the foreground for as long as a test wants it. */
export interface Daemon {
  readonly pid: number;
  /** The last of what it printed. */
  output(): string;
  /** Ends it and what it started. Harmless when called twice. */
  stop(): Promise<void>;
}

export interface DaemonOptions {
  readonly command: string;
  readonly args: readonly string[];
  /** True once it can be used; asked again and again. */
  readonly ready: () => Promise<boolean>;
  readonly readyWithinMs?: number;
  /** Where it writes its process id, when the daemon is not the process that is started. */
  readonly pidFile?: string;
  /** Keeps its lines as a syslog daemon would write them, under this name: it gives them no time itself. */
  readonly syslogName?: string;
}

const LONGEST_OUTPUT = 4_000_000;
const SHOWN_OUTPUT = 20_000;
const STOP_WITHIN_MS = 10_000;

/** What must not outlive this process. */
const running = new Set<Started>();
process.on('exit', () => {
  for (const started of running) for (const pid of pidsOf(started)) killGroup(pid);
});
// Without a listener a signal would end this process and skip the above.
for (const name of ['SIGTERM', 'SIGHUP'] as const) process.once(name, () => process.exit(1));

interface Started {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly pidFile: string | undefined;
}

/** Starts a daemon and waits until it is ready; throws with its output when it never is. */
export async function startDaemon(options: DaemonOptions): Promise<Daemon> {
  // A group of its own, so that a daemon's children can be ended with it.
  const child = spawn(options.command, options.args, {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    const kept = options.syslogName === undefined ? String : stamping(options.syslogName);
    stream.setEncoding('utf8').on('data', (text: string) => {
      output = (output + kept(text)).slice(-LONGEST_OUTPUT);
    });
  }
  const { pid } = child;
  if (pid === undefined) throw await notInstalled(child, options.command);
  const started = { child, pid, pidFile: options.pidFile };
  running.add(started);
  const daemon = { pid, output: () => output, stop: () => stop(started) };
  const deadline = Date.now() + (options.readyWithinMs ?? 20_000);
  while (!(await options.ready())) {
    if (hasEnded(child) || Date.now() > deadline) {
      const how = hasEnded(child) ? 'ended' : 'was not ready in time';
      await daemon.stop();
      throw new Error(`${options.command} ${how}. It said:\n${output.slice(-SHOWN_OUTPUT)}`);
    }
    await delay(50);
  }
  return daemon;
}

/** Can be connected to. */
export function isListening(address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port });
    const end = (listening: boolean) => {
      socket.destroy();
      resolve(listening);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
  });
}

function stamping(name: string): (text: string) => string {
  let begun = '';
  return (text) => {
    const lines = (begun + text).split('\n');
    begun = lines.pop() ?? '';
    return lines.map((line) => `${new Date().toISOString()} mx ${name}[1]: ${line}\n`).join('');
  };
}

function notInstalled(child: ChildProcess, command: string): Promise<Error> {
  return new Promise((resolve) => {
    child.once('error', (cause) => {
      resolve(new Error(`${command} did not start; use test/real/run.sh`, { cause }));
    });
  });
}

async function stop(started: Started): Promise<void> {
  if (!running.delete(started)) return;
  const pids = pidsOf(started);
  // The daemon first: a process that only waits for it ends by itself.
  for (const pid of pids.slice(0, 1)) signal(pid, 'SIGTERM');
  const deadline = Date.now() + STOP_WITHIN_MS;
  while (pids.some(isAlive) && Date.now() < deadline) await delay(20);
  // Whoever is left of their groups had a chance.
  for (const pid of pids) killGroup(pid);
  started.child.stdout?.destroy();
  started.child.stderr?.destroy();
}

/** The daemon, and the process that was started where that is another. */
function pidsOf({ pid, pidFile }: Started): number[] {
  const written = pidFile === undefined ? Number.NaN : readPid(pidFile);
  return Number.isInteger(written) && written > 1 && written !== pid ? [written, pid] : [pid];
}

function readPid(file: string): number {
  try {
    return Number.parseInt(readFileSync(file, 'utf8'), 10);
  } catch {
    return Number.NaN;
  }
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

function isAlive(pid: number): boolean {
  return signal(pid, 0);
}

function killGroup(pid: number): void {
  signal(-pid, 'SIGKILL');
}

/** False when there is no such process any more. */
function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}
