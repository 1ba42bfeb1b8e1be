import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export const PROGRAM = fileURLToPath(new URL('../../../bin/run.js', import.meta.url));

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The built program while it runs, with what it has said so far. */
export interface Running {
  readonly child: ChildProcess;
  stdout(): string;
  stderr(): string;
  /** Until standard output or standard error holds this. Throws when the program ends before. */
  says(wanted: RegExp): Promise<void>;
  readonly ended: Promise<Ended>;
}

/** Starts the program in pipes, where a test has to do something while it runs. */
export function startProgram(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  input = '',
): Running {
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '/', ...env },
  });
  child.stdin.end(input);
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      said[name] += text;
    });
  }
  const ended = once(child, 'close').then(
    ([code]): Ended => ({ ...said, code: typeof code === 'number' ? code : null }),
  );
  return {
    child,
    stdout: () => said.stdout,
    stderr: () => said.stderr,
    ended,
    async says(wanted) {
      while (!wanted.test(said.stdout) && !wanted.test(said.stderr)) {
        if (child.exitCode !== null || child.signalCode !== null) {
          throw new Error(`ended without saying ${wanted}: ${said.stdout}${said.stderr}`);
        }
        await delay(20);
      }
    },
  };
}
