import { existsSync } from 'node:fs';
import { lockRun } from '../../../../../src/edges/journal/lock.js';
import { GreyprobeError } from '../../../../../src/model/errors.js';

/*
 * A process of its own that wants a run: waits for the starting shot, tries once, says how it went,
 * and stays until its input ends.
 *   lock-contender.ts <journal> <starting shot>
 */
const [journal = '', shot = ''] = process.argv.slice(2);
process.stdout.write('ready\n');
while (!existsSync(shot)) await new Promise((resolve) => setImmediate(resolve));
try {
  lockRun(journal);
  process.stdout.write('got it\n');
} catch (error) {
  const code = error instanceof GreyprobeError ? error.code : String(error);
  const message = error instanceof GreyprobeError ? error.message : '';
  process.stdout.write(`${code} ${message}\n`);
}
process.stdin.resume();
