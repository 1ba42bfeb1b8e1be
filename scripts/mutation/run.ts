/**
 * How many one-token changes of a folder its own unit tests notice: `npm run mutation`, or
 * `npm run mutation -- core/window`, or `-- core/window/infer.ts` for one file. Prints the changes
 * that no test noticed. Exit code 1 where a folder is below the least score. `--quick` runs the tests
 * alone that take a moment, and tries no change that needs the files loaded anew: what they leave is a
 * list to work on, not the score. `--every=8` draws each eighth change, for an estimate.
 */
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { instrument, type Mutant } from './mutants.js';
import { TestProcess } from './test-process.js';
import type { TestSeen } from './worker.js';

const FOLDERS = ['core/window', 'core/evidence', 'core/advice', 'core/plan'];
const LEAST_PERCENT = 85;

const repository = fileURLToPath(new URL('../..', import.meta.url));

interface Located extends Mutant {
  readonly file: string;
}

/** Tests that reach a mutant; null: it is reached while files load, so they are loaded anew for it. */
interface Round {
  readonly tests: readonly string[] | null;
  readonly mostMilliseconds: number;
}

/** The quick tests first: most mutants fall by them. */
interface Job {
  readonly mutant: Located;
  readonly rounds: readonly Round[];
}
const QUICK_MILLISECONDS = 20;

const words = process.argv.slice(2);
const wanted = words.filter((word) => !word.startsWith('--'));
const isQuick = words.includes('--quick');
const every = Number(words.find((word) => word.startsWith('--every='))?.slice(8) ?? 1);

let counted = 0;
const copy = mkdtempSync(join(tmpdir(), 'greyprobe-mutation-'));
try {
  const skipped = new Set(
    ['node_modules', '.git', 'dist', 'coverage'].map((name) => join(repository, name)),
  );
  cpSync(repository, copy, { recursive: true, filter: (from) => !skipped.has(from) });
  symlinkSync(join(repository, 'node_modules'), join(copy, 'node_modules'));
  const scores = [];
  for (const path of wanted.length > 0 ? wanted : FOLDERS) scores.push(await scoreOf(path));
  if (scores.some((percent) => percent < LEAST_PERCENT)) process.exitCode = 1;
} finally {
  rmSync(copy, { recursive: true, force: true });
}

/** Prints the survivors of a folder, or of one file, and gives its score in per cent. */
async function scoreOf(path: string): Promise<number> {
  const started = Date.now();
  const folder = path.endsWith('.ts') ? dirname(path) : path;
  const files = path.endsWith('.ts')
    ? [path]
    : filesIn(join('src', folder), '.ts').map((name) => join(folder, name));
  const mutants = files.flatMap((file) => {
    const before = counted;
    const { code, mutants: own } = instrument(
      readFileSync(join(repository, 'src', file), 'utf8'),
      before + 1,
    );
    counted += own.length;
    writeFileSync(join(copy, 'src', file), code);
    return own.filter(({ id }) => id % every === 0).map((mutant) => ({ ...mutant, file }));
  });
  const tests = filesIn(join('test/unit', folder), '.test.ts').map((name) =>
    join(copy, 'test/unit', folder, name),
  );
  const { jobs, unreached } = await jobsFor(mutants, tests);
  const anew = jobs.filter(({ rounds }) => rounds[0]?.tests === null).length;
  console.error(`${path}: ${mutants.length} changes, ${anew} of them with the files loaded anew`);
  for (const mutant of unreached) show(mutant);
  const survived = unreached.length + (await countSurvivors(jobs, tests));
  for (const file of files) cpSync(join(repository, 'src', file), join(copy, 'src', file));
  const killed = mutants.length - survived;
  const percent = (100 * killed) / mutants.length;
  const seconds = Math.round((Date.now() - started) / 1000);
  console.log(
    `${path}: ${percent.toFixed(1)}% (${killed} of ${mutants.length} changes noticed; ${unreached.length} are reached by no test; ${seconds} s)`,
  );
  return percent;
}

function filesIn(folder: string, ending: string): string[] {
  const names = readdirSync(join(repository, folder), { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name.endsWith(ending)).sort();
}

/** Each as soon as it is known, since a whole folder takes its time. */
function show({ file, line, was, is }: Located): void {
  console.log(`${file}:${line}  ${shortened(was)}  ->  ${shortened(is)}`);
}

function shortened(code: string): string {
  const line = code.replace(/\s+/gu, ' ');
  return line.length > 70 ? `${line.slice(0, 70)}...` : line;
}

/** Which tests have to run for which mutant, by one run of all of them without any. */
async function jobsFor(
  mutants: readonly Located[],
  tests: readonly string[],
): Promise<{ jobs: Job[]; unreached: Located[] }> {
  const tester = new TestProcess(copy, tests);
  const answer = await tester.does({ mutant: 0, tests: null }, 600_000);
  tester.ends();
  if (answer === null || answer.failed !== null) {
    throw new Error(`Without a change a test fails: ${answer?.failed ?? 'the files do not load'}`);
  }
  const whole = answer.seen.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  const reachedBy = new Map<number, TestSeen[]>();
  for (const test of answer.seen.toSorted((a, b) => a.milliseconds - b.milliseconds)) {
    for (const id of test.mutants) reachedBy.set(id, [...(reachedBy.get(id) ?? []), test]);
  }
  const outside = new Set(answer.outside);
  const jobs = mutants.flatMap((mutant): Job[] => {
    if (outside.has(mutant.id) && isQuick) return [];
    if (outside.has(mutant.id)) {
      return [{ mutant, rounds: [{ tests: null, mostMilliseconds: mostFor(whole) }] }];
    }
    const reaching = reachedBy.get(mutant.id) ?? [];
    const quick = reaching.filter(({ milliseconds }) => milliseconds <= QUICK_MILLISECONDS);
    const slow = isQuick ? [] : reaching.slice(quick.length);
    const rounds = [quick, slow].filter(({ length }) => length > 0);
    return rounds.length === 0 ? [] : [{ mutant, rounds: rounds.map(roundOf) }];
  });
  const reached = new Set(jobs.map(({ mutant }) => mutant.id));
  return { jobs, unreached: mutants.filter(({ id }) => !reached.has(id) && !outside.has(id)) };
}

function roundOf(tests: readonly TestSeen[]): Round {
  const sum = tests.reduce((total, { milliseconds }) => total + milliseconds, 0);
  return { tests: tests.map(({ title }) => title), mostMilliseconds: mostFor(sum) };
}

/** A change that makes a loop endless is noticed by the time that it takes. */
function mostFor(milliseconds: number): number {
  return 5_000 + 5 * milliseconds;
}

async function countSurvivors(jobs: readonly Job[], tests: readonly string[]): Promise<number> {
  let survived = 0;
  const left = [...jobs];
  const workers = Array.from({ length: availableParallelism() }, async () => {
    let tester = new TestProcess(copy, tests);
    for (let job = left.shift(); job !== undefined; job = left.shift()) {
      const { mutant, rounds } = job;
      const anew = rounds.some((round) => round.tests === null);
      const own = anew ? new TestProcess(copy, tests, mutant.id) : tester;
      const end = await endOf(own, job);
      if (end === 'survived') {
        survived += 1;
        show(mutant);
      }
      if (anew || end === 'broke') own.ends();
      if (!anew && end === 'broke') tester = new TestProcess(copy, tests);
    }
    tester.ends();
  });
  await Promise.all(workers);
  return survived;
}

/** What the tests make of a mutant; `broke`: the process died or took too long, which notices it too. */
async function endOf(
  tester: TestProcess,
  { mutant, rounds }: Job,
): Promise<'survived' | 'noticed' | 'broke'> {
  for (const { tests, mostMilliseconds } of rounds) {
    const answer = await tester.does({ mutant: mutant.id, tests }, mostMilliseconds);
    if (answer === null) return 'broke';
    if (answer.failed !== null) return 'noticed';
  }
  return 'survived';
}
