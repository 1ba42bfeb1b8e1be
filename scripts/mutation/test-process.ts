import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Answer, Order } from './worker.js';

const worker = fileURLToPath(new URL('worker.ts', import.meta.url));

/** A process that has loaded the tests. */
export class TestProcess {
  readonly #child: ChildProcess;
  readonly #ended: Promise<null>;
  readonly #ready: Promise<unknown>;

  constructor(folder: string, tests: readonly string[], mutant = 0) {
    this.#child = fork(worker, tests, {
      cwd: folder,
      execArgv: ['--import=tsx/esm'],
      env: { ...process.env, MUTANT: String(mutant) },
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    this.#ended = new Promise((resolve) => {
      this.#child.once('exit', () => resolve(null));
    });
    this.#ready = this.#next();
  }

  /** Null where the process died or took too long. */
  async does(order: Order, mostMilliseconds: number): Promise<Answer | null> {
    if ((await within(this.#ready, 60_000)) === null) return null;
    const answer = this.#next();
    this.#child.send(order);
    return await within(answer, mostMilliseconds);
  }

  ends(): void {
    this.#child.kill('SIGKILL');
  }

  /** Its next message; null once it has ended. */
  #next(): Promise<Answer | null> {
    const message = new Promise<Answer>((resolve) => {
      this.#child.once('message', (answer: Answer) => resolve(answer));
    });
    return Promise.race([message, this.#ended]);
  }
}

async function within<T>(promise: Promise<T>, milliseconds: number): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), milliseconds);
  });
  const first = await Promise.race([promise, late]);
  clearTimeout(timer);
  return first;
}
