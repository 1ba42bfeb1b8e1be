/**
 * Runs the given test files, loaded once, as often as it is told to, each time with one mutant switched
 * on. `MUTANT` switches one on while the files load.
 */
import fc from 'fast-check';
import Mocha from 'mocha';

export interface Order {
  /** 0: none; what each test reaches is told then. */
  readonly mutant: number;
  /** Full titles; null: all. */
  readonly tests: readonly string[] | null;
}

export interface TestSeen {
  readonly title: string;
  readonly milliseconds: number;
  readonly mutants: readonly number[];
}

export interface Answer {
  /** Title of the first test that failed. */
  readonly failed: string | null;
  readonly seen: readonly TestSeen[];
  /** Mutants that are reached while files load, or by hooks. */
  readonly outside: readonly number[];
}

declare global {
  var mutant: (id: number) => boolean;
}

let active = Number(process.env['MUTANT'] ?? 0);
let reached = new Set<number>();
globalThis.mutant = (id) => {
  reached.add(id);
  return id === active;
};

// A failure is enough: its smallest example is not looked for.
fc.configureGlobal({ endOnFailure: true });

const mocha = new Mocha({ timeout: 0, bail: true, reporter: Mocha.reporters.Base });
mocha.cleanReferencesAfterRun(false);
for (const file of process.argv.slice(2)) mocha.addFile(file);
await mocha.loadFilesAsync();

process.on('message', (order: Order) => {
  run(order).then((answer) => process.send?.(answer));
});
process.send?.('ready');

function run({ mutant, tests }: Order): Promise<Answer> {
  active = mutant;
  const seen: TestSeen[] = [];
  const outside = new Set<number>();
  let failed: string | null = null;
  mocha.grep(tests === null ? /^/u : new RegExp(`^(?:${tests.map(escaped).join('|')})$`, 'u'));
  return new Promise((resolve) => {
    mocha
      .run(() => resolve({ failed, seen, outside: [...outside] }))
      .on('test', () => {
        for (const id of reached) outside.add(id);
        reached = new Set();
      })
      .on('test end', (test) => {
        seen.push({
          title: test.fullTitle(),
          milliseconds: test.duration ?? 0,
          mutants: mutant === 0 ? [...reached] : [],
        });
        reached = new Set();
      })
      .on('fail', (test) => {
        failed ??= test.fullTitle();
      });
  });
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/gu, '\\$&');
}
