/*
 * Feeds each parser of foreign words with random input, and watches for a crash, a hang of more than a
 * second, and memory of more than 200 MB. Ends with 1 where there was any.
 *
 *   npm run fuzz                               a minute a target
 *   npm run fuzz -- --minutes 10               ten
 *   npm run fuzz -- --seconds 10 dns config    two of them
 *   npm run fuzz -- --seed 7 ...               another campaign; the same seed gives the same inputs
 */
import { Worker } from 'node:worker_threads';
import { inputsFrom } from './inputs.js';
import { TARGETS } from './targets.js';

/** The loader of TypeScript is not handed down to workers. */
const BOOTSTRAP = `import('tsx/esm/api').then(({ register }) => {
  register();
  return import('${new URL('./worker.ts', import.meta.url)}');
});`;

/** Of processor time, since a busy machine can make any input seem to hang; and of any time. */
const HANG_MS = 1000;
const STANDSTILL_MS = 30_000;
const MEMORY_MB = 200;
const LOOK_MS = 50;
const SHOWN_BYTES = 400;

interface Finding {
  readonly n: number;
  readonly says: string;
}

const { seconds, seed, names } = settings(process.argv.slice(2));
let failed = false;
for (const name of names) failed = !(await fuzz(name, seconds * 1000)) || failed;
process.exitCode = failed ? 1 : 0;

/** Runs one target for its time. A finding ends it. */
async function fuzz(name: string, forMs: number): Promise<boolean> {
  const { inputs, finding } = await watch(name, forMs);
  process.stdout.write(`${name}: ${inputs} inputs in ${forMs / 1000} s, seed ${seed}\n`);
  if (finding === null) return true;
  const target = TARGETS[name];
  const [input] = target === undefined ? [] : inputsFrom(target, seed, finding.n);
  process.stdout.write(
    `${name}: ${finding.says} at input ${finding.n}, of ${input?.length} bytes:\n` +
      `${JSON.stringify(input?.subarray(0, SHOWN_BYTES).toString('latin1'))}\n`,
  );
  return false;
}

function watch(
  name: string,
  forMs: number,
): Promise<{ readonly inputs: number; readonly finding: Finding | null }> {
  const shared = new SharedArrayBuffer(16);
  const at = new Float64Array(shared);
  const worker = new Worker(BOOTSTRAP, {
    eval: true,
    workerData: { name, seed, shared },
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
  });
  return new Promise((resolve) => {
    const began = Date.now();
    const end = (finding: Finding | null) => {
      clearInterval(looking);
      resolve({ inputs: (at[0] ?? 0) + 1, finding });
      void worker.terminate();
    };
    let seen = -1;
    let before = process.cpuUsage();
    const looking = setInterval(() => {
      const [n = 0, sinceMs = 0] = at;
      if (n !== seen) before = process.cpuUsage();
      seen = n;
      const { user, system } = process.cpuUsage(before);
      const hangs = (user + system) / 1000 > HANG_MS || Date.now() - sinceMs > STANDSTILL_MS;
      if (sinceMs > 0 && hangs) end({ n, says: 'hang' });
      else if (Date.now() - began > forMs) end(null);
    }, LOOK_MS);
    worker.on('message', ({ n, stack }) => end({ n, says: `crash: ${stack}` }));
    worker.on('error', (error) =>
      end({ n: at[0] ?? 0, says: `memory or crash: ${error.message}` }),
    );
    worker.on('exit', () => end(null));
  });
}

function settings(words: readonly string[]) {
  const numberAfter = (flag: string) => {
    const index = words.indexOf(flag);
    return index < 0 ? null : Number(words[index + 1]);
  };
  const named = words.filter((word) => word in TARGETS);
  const minutes = numberAfter('--minutes') ?? 1;
  return {
    seconds: numberAfter('--seconds') ?? minutes * 60,
    seed: numberAfter('--seed') ?? 1,
    names: named.length > 0 ? named : Object.keys(TARGETS),
  };
}
