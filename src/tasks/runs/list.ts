import { buildResult } from '../../contract/build-result.js';
import type { RunList, ShownRun } from '../../contract/run-list.js';
import { journalEmpty } from '../../edges/journal/damage.js';
import { findRun, storedRuns } from '../../edges/journal/find.js';
import { loadRun, summarise } from './summary.js';

/** The runs that are kept in a folder, newest first. */
export function listRuns(folder: string): RunList {
  return { schema: 'greyprobe.runs.v1', folder, runs: storedRuns(folder).map(summarise) };
}

/** One stored run with its result so far. Throws as `findRun` and `readJournal` do. */
export function showRun(folder: string, wanted: string): ShownRun {
  const stored = findRun(folder, wanted);
  const { header, state, torn } = loadRun(stored.path);
  if (state === null) throw journalEmpty(stored.path);
  return {
    schema: 'greyprobe.run.v1',
    ...summarise(stored),
    version: header.version,
    resumed: state.segment,
    torn,
    result: buildResult(state, header.version),
  };
}
