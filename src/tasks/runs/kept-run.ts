import type { ProbeEvent } from '../../core/run/events.js';
import { lockRun, type RunLock } from '../../edges/journal/lock.js';
import { newRunId } from '../../edges/journal/run-id.js';
import { createJournal, type Journal, openJournal } from '../../edges/journal/writer.js';
import { GreyprobeError } from '../../model/errors.js';
import type { Random } from '../../model/ports/random.js';

/** A run that this process drives and keeps: its journal is open, its lock is held. */
export interface KeptRun {
  readonly run: string;
  readonly path: string;
  /**
   * For the engine's `keep`. Throws or rejects with `journal-write-failed`, or `run-lock-lost` when
   * another process has taken the run over.
   */
  readonly keep: (event: ProbeEvent) => Promise<void>;
  /** Lets go of journal and lock. Harmless when called twice. */
  readonly close: () => void;
}

export interface NewRunOptions {
  readonly version: string;
  readonly nowWallMs: number;
  readonly random: Random;
}

const TRIES = 5;

/**
 * Makes the journal of a new run in the folder, and locks it. Throws `state-folder-unusable`: to be
 * called before the first connection.
 */
export function beginKeptRun(folder: string, options: NewRunOptions): KeptRun {
  for (let tries = 1; ; tries += 1) {
    const run = newRunId(options.nowWallMs, options.random);
    try {
      const journal = createJournal(folder, run, { version: options.version });
      return withLock(run, journal.path, () => journal);
    } catch (error) {
      const taken = error instanceof GreyprobeError && error.code === 'run-exists';
      if (!taken || tries === TRIES) throw error;
    }
  }
}

/** Locks a stored run; read its journal only then. Throws `run-is-locked`, `state-folder-unusable`. */
export function reopenKeptRun(run: string, path: string): KeptRun {
  return withLock(run, path, () => openJournal(path));
}

function withLock(run: string, path: string, open: () => Journal): KeptRun {
  const lock: RunLock = lockRun(path);
  try {
    const journal = open();
    return {
      run,
      path,
      keep: (event) => {
        lock.check();
        return journal.append(event);
      },
      close: () => {
        journal.close();
        lock.release();
      },
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}
