import { closeSync } from 'node:fs';
import { exitFor, reasonOf } from '../../edges/system/system-error.js';
import { errorCode } from '../../model/errors.js';
import { EXIT, type ExitCode } from '../../model/exit-codes.js';
import { escapeLines } from '../../model/values/escape.js';
import { inCharset } from './charset.js';

/** What the system says of a write to a terminal that was closed, or to a reader that has gone. */
const NOBODY_READS: ReadonlySet<string> = new Set(['EIO', 'EPIPE', 'ENXIO']);
const STANDARD_STREAMS = [0, 1, 2];

let guarded = false;

/** Ends what is under way in good order, before the process ends for output that cannot be written. */
let stopFirst: (() => void) | null = null;
let exitOfLoss: ExitCode | null = null;

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
  process.stdout.on('error', endForLoss);
  process.stderr.on('error', isUnread);
}

/** Writes to standard output. Where a device takes nothing, that is known before anything else is done. */
export function writeStandardOutput(text: string): void {
  process.stdout.write(text);
  const { errored } = process.stdout;
  if (errored !== null) endForLoss(errored);
}

/** Writes a text for people to standard output, and a line end: no part of it can be a command. */
export function writeText(text: string): void {
  writeStandardOutput(`${inCharset(escapeLines(text))}\n`);
}

/** The same to stderr, which may be lost. */
export function writeNote(text: string): void {
  process.stderr.write(`${inCharset(escapeLines(text))}\n`);
}

function endForLoss(error: Error): void {
  if (isUnread(error) || exitOfLoss !== null) return;
  exitOfLoss = exitFor(error, EXIT.usage);
  writeNote(`Error: Standard output cannot be written: ${reasonOf(error)}.`);
  if (stopFirst === null) process.exit(exitOfLoss);
  stopFirst();
}

/**
 * While something runs that must end in good order, such as a session that owes a QUIT: `stop` is
 * called where output cannot be written, and the process ends once the function returned is called.
 */
export function stopBeforeLoss(stop: () => void): () => void {
  stopFirst = stop;
  return () => {
    stopFirst = null;
    if (exitOfLoss !== null) process.exit(exitOfLoss);
  };
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
