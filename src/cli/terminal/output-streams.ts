import { closeSync } from 'node:fs';
import { reasonOf } from '../../edges/system/system-error.js';
import { errorCode } from '../../model/errors.js';
import { EXIT } from '../../model/exit-codes.js';

/** What the system says of a write to a terminal that was closed, or to a reader that has gone. */
const NOBODY_READS: ReadonlySet<string> = new Set(['EIO', 'EPIPE', 'ENXIO']);
const STANDARD_STREAMS = [0, 1, 2];

let guarded = false;

/**
 * Says what happens where output cannot be written; Node.js would end the process with a stack trace.
 *
 * A reader that has gone, or a terminal that was closed, is no failure: a run says QUIT and its last
 * word all the same. Notes and transcripts on stderr may be lost: the measurement is worth more. A
 * result that cannot be written, as on a full disk, ends the process as a file for `--output` does.
 */
export function guardOutputStreams(): void {
  if (guarded) return;
  guarded = true;
  // oclif has a listener of its own, which throws.
  process.stdout.removeAllListeners('error');
  process.stdout.on('error', (error: Error) => {
    if (isUnread(error)) return;
    process.stderr.write(`Error: Standard output cannot be written: ${reasonOf(error)}.\n`);
    process.exit(EXIT.usage);
  });
  process.stderr.on('error', isUnread);
}

/** True where nobody can read any more. */
function isUnread(error: Error): boolean {
  const code = errorCode(error);
  if (code === 'EIO') letGoOfTerminal();
  return NOBODY_READS.has(code);
}

/** Node.js resets the terminal as it exits, and aborts where there is none any more. */
export function letGoOfTerminal(): void {
  process.once('exit', closeStandardStreams);
}

function closeStandardStreams(): void {
  for (const fd of STANDARD_STREAMS) {
    try {
      closeSync(fd);
    } catch {
      // It was closed already.
    }
  }
}
