import { jsonText } from '../../report/formats/json.js';
import type { Problem } from './problem.js';

/** Tells a problem: on stderr for people, as one object on standard output for scripts. */
export function showProblem({ exit: _, ...shown }: Problem, json: boolean): void {
  if (json) {
    process.stdout.write(`${jsonText({ error: shown }, 2)}\n`);
    return;
  }
  process.stderr.write(`Error: ${shown.message}\n`);
  for (const suggestion of shown.suggestions) process.stderr.write(`  ${suggestion}\n`);
}
