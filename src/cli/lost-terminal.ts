import { closeSync } from 'node:fs';

/** What the system says of a write to a terminal that was closed, or to a reader that has gone. */
const NOBODY_READS = new Set(['EIO', 'EPIPE', 'ENXIO']);
const STANDARD_STREAMS = [0, 1, 2];

let installed = false;

/**
 * Lets the process outlive its terminal, so that a run says QUIT and its last word also where the
 * window was closed. What is written then is lost; any other failed write ends the process as before.
 * Harmless when called twice.
 */
export function outliveTerminal(): void {
  if (installed) return;
  installed = true;
  for (const stream of [process.stdout, process.stderr]) {
    // oclif has a listener of its own, which throws.
    stream.removeAllListeners('error');
    stream.on('error', onFailedWrite);
  }
}

function onFailedWrite(error: NodeJS.ErrnoException): void {
  if (!NOBODY_READS.has(error.code ?? '')) throw error;
  if (error.code === 'EIO') letGoOfTerminal();
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
