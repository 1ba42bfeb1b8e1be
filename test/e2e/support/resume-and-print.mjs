/*
 * Resumes a kept run with real sockets, and prints each event once it is kept: one JSON line each.
 * A process of its own, on the built program, for tests that kill it.
 *   resume-and-print.mjs <folder of the runs> <run>
 */

import { findRun } from '../../../dist/edges/journal/find.js';
import { realPorts } from '../../../dist/edges/real-ports.js';
import { resumeKept } from '../../../dist/tasks/runs/resume-kept.js';

const [folder = '', run = ''] = process.argv.slice(2);
process.stdout.write('ready\n');
await resumeKept(findRun(folder, run), realPorts(null), {
  onEvent: (event) => process.stdout.write(`${JSON.stringify(event)}\n`),
});
