import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { exactWindow } from '../../../src/core/advice/acceptance-window.js';
import { adviseSender } from '../../../src/core/advice/sender-advice.js';
import { sendersNamed } from '../../../src/core/advice/senders.js';

/** Lines to paste for a sender, each for another window. */
export type Pasted = readonly string[];

/** What is printed for random windows, at most so many; the same ones in each run. */
export function pastedFor(sender: string, windows: number): Pasted[] {
  const [found] = sendersNamed(sender);
  if (found === undefined) throw new Error(sender);
  const window = fc.tuple(
    fc.integer({ min: 60, max: 6 * 3_600 }),
    fc.integer({ min: 80, max: 900 }),
    fc.boolean(),
  );
  const drawn = fc.sample(window, { numRuns: 2 * windows, seed: 20261130 });
  const printed = drawn.flatMap(([opens, width, restartsTimer]) => {
    const advice = adviseSender(found, exactWindow(opens, opens + width), { restartsTimer });
    return advice?.remedy == null ? [] : [advice.remedy.paste];
  });
  return printed.slice(0, windows);
}

/** A program that run.sh unpacked or installed below node_modules/.cache. */
export function cached(path: string): string {
  return fileURLToPath(new URL(`../../../node_modules/.cache/${path}`, import.meta.url));
}

export interface Ended {
  readonly code: number;
  readonly output: string;
}

/** Runs a program to its end; what it wrote to both outputs, in one text. */
export async function ended(program: string, ...args: readonly string[]): Promise<Ended> {
  try {
    const { stdout, stderr } = await promisify(execFile)(program, args);
    return { code: 0, output: stdout + stderr };
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'number') {
      throw error;
    }
    const text = (name: string) => String(Object.entries(error).find(([key]) => key === name)?.[1]);
    return { code: error.code, output: text('stdout') + text('stderr') };
  }
}
