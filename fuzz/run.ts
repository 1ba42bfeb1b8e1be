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

const HANG_MS = 1000;
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
  const { inputs, finding } = await watch(name, { first: 0, only: false, forMs });
  // A busy machine can make any input seem to hang: what is one hangs again, alone.
  const again =
    finding?.says === 'hang'
      ? (await watch(name, { first: finding.n, only: true, forMs: 60_000 })).finding
      : finding;
  process.stdout.write(`${name}: ${inputs} inputs in ${forMs / 1000} s, seed ${seed}\n`);
  if (again === null) return true;
  const target = TARGETS[name];
  const [input] = target === undefined ? [] : inputsFrom(target, seed, again.n);
  process.stdout.write(
    `${name}: ${again.says} at input ${again.n}, of ${input?.length} bytes:\n` +
      `${JSON.stringify(input?.subarray(0, SHOWN_BYTES).toString('latin1'))}\n`,
  );
  return false;
}

function watch(
  name: string,
  { first, only, forMs }: { first: number; only: boolean; forMs: number },
): Promise<{ readonly inputs: number; readonly finding: Finding | null }> {
  const shared = new SharedArrayBuffer(16);
  const at = new Float64Array(shared);
  const worker = new Worker(BOOTSTRAP, {
    eval: true,
    workerData: { name, seed, first, only, shared },
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
  });
  return new Promise((resolve) => {
    const began = Date.now();
    const end = (finding: Finding | null) => {
      clearInterval(looking);
      resolve({ inputs: (at[0] ?? 0) - first + 1, finding });
      void worker.terminate();
    };
    const looking = setInterval(() => {
      const sinceMs = at[1] ?? 0;
      if (sinceMs > 0 && Date.now() - sinceMs > HANG_MS) end({ n: at[0] ?? 0, says: 'hang' });
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
