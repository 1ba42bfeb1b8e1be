/*
 * Start-up of the program beside an empty oclif command with the same @oclif/core: whole processes,
 * in turn, so that a machine whose speed drifts does not favour one. Quote the ratios.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { manifestText } from '../scripts/manifest.js';
import { median } from './support/median.js';

const RUNS = 15;
const BAR = 1.3;
const ROOT = fileURLToPath(new URL('..', import.meta.url));

const folder = mkdtempSync(join(tmpdir(), 'greyprobe-bench-'));
try {
  const empty = await makeEmptyProgram(folder);
  const greyprobe = join(ROOT, 'bin/run.js');
  compare('--version', [greyprobe, '--version'], [empty, '--version']);
  compare('mx of an address', [greyprobe, 'mx', '[127.0.0.1]'], [empty, 'empty']);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** A program of one command that does nothing, with its manifest, as oclif's own generator lays it out. */
async function makeEmptyProgram(into: string): Promise<string> {
  mkdirSync(join(into, 'commands'));
  symlinkSync(join(ROOT, 'node_modules'), join(into, 'node_modules'));
  const oclif = { bin: 'empty', dirname: 'empty', commands: './commands', topicSeparator: ' ' };
  writeFileSync(
    join(into, 'package.json'),
    JSON.stringify({ name: 'empty', version: '1.0.0', type: 'module', files: ['commands'], oclif }),
  );
  writeFileSync(
    join(into, 'commands/empty.js'),
    `import { Command } from '@oclif/core';
export default class Empty extends Command { async run() { await this.parse(Empty); } }\n`,
  );
  const run = join(into, 'run.js');
  writeFileSync(
    run,
    `import { execute } from '@oclif/core';\nawait execute({ dir: import.meta.url });\n`,
  );
  writeFileSync(join(into, 'oclif.manifest.json'), await manifestText(into));
  return run;
}

function compare(name: string, ours: readonly string[], theirs: readonly string[]): void {
  const pairs = Array.from({ length: RUNS + 1 }, () => [timed(ours), timed(theirs)] as const);
  const counted = pairs.slice(1);
  const ratio = median(counted.map(([a, b]) => a / b));
  const [own, other] = [0, 1].map((side) => median(counted.map((pair) => pair[side] ?? 0)));
  process.stdout.write(
    `start-up, ${name.padEnd(18)} ${own?.toFixed(0)} ms, empty oclif command ${other?.toFixed(0)} ms, ` +
      `ratio ${ratio.toFixed(2)} (bar ${BAR}) ${ratio <= BAR ? 'holds' : 'DOES NOT HOLD'}\n`,
  );
  if (ratio > BAR) process.exitCode = 1;
}

function timed(args: readonly string[]): number {
  const began = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, {
    env: { ...process.env, NODE_ENV: '' },
  });
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}: ${stderr}`);
  return performance.now() - began;
}
