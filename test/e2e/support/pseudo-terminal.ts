import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { PROGRAM } from './program.js';

const DRIVER = fileURLToPath(new URL('pseudo-terminal.py', import.meta.url));

/** What is typed once a text has been shown; `\r` is the Enter key, null closes the window. */
export type Dialogue = readonly (readonly [shown: string, typed: string | null])[];

export interface Shown {
  readonly code: number | null;
  /** Everything on the terminal, standard output and standard error alike. */
  readonly raw: string;
  /** The same without escape sequences. */
  readonly text: string;
  readonly problem: string;
}

/** Pseudo-terminals are driven by Python's pty module: Node has none of its own. */
export function hasPseudoTerminals(): boolean {
  return spawnSync('python3', ['-c', 'import pty']).status === 0;
}

/** Runs the built program where a person would: on a terminal. */
export async function onTerminal(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  dialogue: Dialogue = [],
  columns = 80,
): Promise<Shown> {
  const child = spawn(
    'python3',
    [DRIVER, String(columns), JSON.stringify(dialogue), process.execPath, PROGRAM, ...args],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env['PATH'] ?? '',
        HOME: process.env['HOME'] ?? '/',
        TERM: 'xterm-256color',
        ...env,
      },
    },
  );
  let [raw, problem] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    raw += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    problem += text;
  });
  const [code] = await once(child, 'close');
  return {
    code: typeof code === 'number' ? code : null,
    raw,
    text: stripVTControlCharacters(raw).replaceAll('\r', ''),
    problem,
  };
}
