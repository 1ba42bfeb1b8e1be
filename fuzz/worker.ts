import { parentPort, workerData } from 'node:worker_threads';
import { inputsFrom } from './inputs.js';
import { TARGETS } from './targets.js';

/*
 * Feeds one target until it is ended. What it is at, and since when, stands in shared memory: the
 * thread that watches sees it even while this one hangs.
 */
const { name, seed, shared } = workerData;
const target = TARGETS[name];
if (target === undefined) throw new Error(`no target ${name}`);
const at = new Float64Array(shared);

const [first] = inputsFrom(target, seed, 0);
// What a parser loads when it is first used is no hang. A crash is told below, where it comes again.
try {
  if (first !== undefined) await target.run(first);
} catch {}

let n = 0;
for (const input of inputsFrom(target, seed, 0)) {
  at[0] = n;
  at[1] = Date.now();
  try {
    await target.run(input);
  } catch (error) {
    parentPort?.postMessage({ n, stack: error instanceof Error ? error.stack : String(error) });
  }
  at[1] = 0;
  n += 1;
}
