import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { exactWindow } from '../../../src/core/advice/acceptance-window.js';
import { adviseSender } from '../../../src/core/advice/sender-advice.js';
import { sendersNamed } from '../../../src/core/advice/senders.js';

/** Lines to paste for a sender, each for another window. */
export type Pasted = readonly string[];

/** Most windows want no change of a sender that tries often: so many are drawn for each one wanted. */
const DRAWN_FOR_EACH = 20;

/** What is printed for so many random windows that want something set; the same ones in each run. */
export function pastedFor(sender: string, windows: number): Pasted[] {
  const [found] = sendersNamed(sender);
  if (found === undefined) throw new Error(sender);
  const window = fc.tuple(
    fc.integer({ min: 60, max: 6 * 3_600 }),
    fc.integer({ min: 80, max: 900 }),
    fc.boolean(),
  );
  const drawn = fc.sample(window, { numRuns: DRAWN_FOR_EACH * windows, seed: 20261130 });
  const printed: Pasted[] = [];
  for (const [opens, width, restartsTimer] of drawn) {
    const advice = adviseSender(found, exactWindow(opens, opens + width), { restartsTimer });
    if (advice?.remedy != null) printed.push(advice.remedy.paste);
    if (printed.length === windows) break;
  }
  return printed;
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
