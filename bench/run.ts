/*
 * All benchmarks, one after the other, so that none disturbs another. Ends with 1 when a bar does
 * not hold. Figures of one run compare with each other; across runs and machines only ratios do.
 *
 *   npm run bench                    all
 *   npm run bench -- startup timing  some of them
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const BENCHMARKS: Readonly<Record<string, readonly string[]>> = {
  startup: [],
  timing: [],
  journal: [],
  explain: [],
  plans: [],
  sessions: [],
  survey: ['200'],
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in BENCHMARKS));
if (unknown.length > 0) {
  process.stderr.write(
    `No benchmark is called ${unknown.join(', ')}. There are: ${Object.keys(BENCHMARKS).join(', ')}.\n`,
  );
  process.exit(2);
}

for (const [name, args] of Object.entries(BENCHMARKS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  process.stdout.write(`\n== ${name}\n`);
  const script = fileURLToPath(new URL(`./${name}.ts`, import.meta.url));
  const { status } = spawnSync(process.execPath, ['--import=tsx', script, ...args], {
    stdio: 'inherit',
  });
  if (status !== 0) process.exitCode = 1;
}
