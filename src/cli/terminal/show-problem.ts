import { jsonText } from '../../report/formats/json.js';
import { writeNote, writeStandardOutput } from './output-streams.js';
import type { Problem } from './problem.js';

/** Tells a problem: on stderr for people, as one object on standard output for scripts. */
export function showProblem({ exit: _, ...shown }: Problem, json: boolean): void {
  if (json) {
    writeStandardOutput(`${jsonText({ error: shown }, 2)}\n`);
    return;
  }
  writeNote(`Error: ${shown.message}`);
  for (const suggestion of shown.suggestions) writeNote(`  ${suggestion}`);
}
