/*
 * Speed and memory of reading, checking and folding the journal of a long run, on the built program.
 *
 *   npm run build && node --import=tsx bench/journal.ts [--events 100000]
 *
 * The journal is made in a temporary folder; the replay runs in a process of its own. Time is that of
 * the replay alone, without loading the program. Memory is the highest resident set of that process,
 * as the kernel counted it, Node.js itself (about 40 MB) included. The bars: under a second, and under
 * 100 MB.
 */
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { ProbeEvent } from '../src/core/run/events.js';
import { longRun } from './support/long-run.js';

const MAX_SECONDS = 1;
const MAX_RESIDENT_MB = 100;

const { values } = parseArgs({ options: { events: { type: 'string', default: '100000' } } });
const REPLAY = fileURLToPath(new URL('support/replay.mjs', import.meta.url));

function writeJournal(path: string, events: Iterable<ProbeEvent>): void {
  const fd = openSync(path, 'w');
  let lines = `${JSON.stringify({ journal: 'greyprobe.journal.v1', version: '0.0.0-bench' })}\n`;
  for (const event of events) {
    lines += `${JSON.stringify(event)}\n`;
    if (lines.length < 1_000_000) continue;
    writeSync(fd, lines);
    lines = '';
  }
  writeSync(fd, lines);
  closeSync(fd);
}

function run(args: readonly string[]): string {
  const child = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (child.status !== 0) throw new Error(child.stderr);
  return child.stdout;
}

const folder = mkdtempSync(join(tmpdir(), 'greyprobe-bench-'));
try {
  const path = join(folder, 'run.jsonl');
  writeJournal(path, longRun(Number(values.events)));
  const { events, attempts, seconds, residentMb } = JSON.parse(run([REPLAY, path]));
  const ok = seconds < MAX_SECONDS && residentMb < MAX_RESIDENT_MB;
  const megabytes = Math.round(statSync(path).size / 1e6);
  console.log(
    `journal: ${events} events (${megabytes} MB, ${attempts} attempts) replayed in ` +
      `${seconds.toFixed(2)} s with ${residentMb.toFixed(0)} MB resident: ` +
      `${ok ? 'holds' : 'DOES NOT HOLD'} (bars: ${MAX_SECONDS} s, ${MAX_RESIDENT_MB} MB)`,
  );
  if (!ok) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
