import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';
import { type ProbeResult, ProbeResultSchema } from '../../src/contract/probe-result.js';

const BINARY = fileURLToPath(new URL('../../bin/run.js', import.meta.url));

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
}

/** Where runs are kept, away from those of whoever runs the tests. */
const STATE = mkdtempSync(join(tmpdir(), 'greyprobe-state-'));
process.once('exit', () => rmSync(STATE, { recursive: true, force: true }));

/** Runs the built program as a script would: no terminal, no colour, no input. */
export async function greyprobe(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Finished> {
  const began = performance.now();
  const child = spawn(process.execPath, [BINARY, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: process.env['HOME'] ?? '/',
      GREYPROBE_STATE_DIR: STATE,
      ...env,
    },
  });
  const [stdout, stderr, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', resolve);
    }),
  ]);
  return { code, stdout, stderr, seconds: (performance.now() - began) / 1000 };
}

/** The result object of a run with --json, checked against the contract. */
export function probeResult(finished: Finished): ProbeResult {
  return v.parse(ProbeResultSchema, JSON.parse(finished.stdout));
}

async function text(stream: NodeJS.ReadableStream): Promise<string> {
  let all = '';
  stream.setEncoding('utf8');
  for await (const chunk of stream) all += chunk;
  return all;
}
