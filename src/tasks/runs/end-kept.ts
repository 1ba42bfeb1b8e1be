import { endRunFold, resumeRunFold } from '../../core/run/engine.js';
import type { ProbePorts } from '../../core/run/ports.js';
import { RunFold } from '../../core/run/state.js';
import type { StoredRun } from '../../edges/journal/find.js';
import { readJournal } from '../../edges/journal/reader.js';
import { reopenKeptRun } from './kept-run.js';

/** Ends a run that waits, with what it has seen. Throws `run-is-locked`, and what its journal throws. */
export async function endKept({ run, path }: StoredRun, ports: ProbePorts): Promise<void> {
  const kept = reopenKeptRun(run, path);
  try {
    const fold = new RunFold();
    for (const event of readJournal(path).events) fold.apply(event);
    if (fold.state === null || fold.state.finished !== null) return;
    const options = { keep: kept.keep };
    resumeRunFold(fold, ports, options);
    await endRunFold(fold, ports, options);
  } finally {
    kept.close();
  }
}
