import { buildResult } from '../../contract/build-result.js';
import type { RunList, RunSummary, ShownRun } from '../../contract/run-list.js';
import { journalEmpty } from '../../edges/journal/damage.js';
import { findRun, storedRuns } from '../../edges/journal/find.js';
import { systemRunsFolder } from '../../edges/journal/state-folder.js';
import { loadRun, summarise } from './summary.js';

/** Which runs to list; null: all of them. */
export interface RunFilter {
  /** Part of the recipient. */
  readonly target: string | null;
  /** Begun at this moment or later. */
  readonly sinceWallMs: number | null;
  /** No more than these, the newest. */
  readonly limit: number | null;
}

const ALL: RunFilter = { target: null, sinceWallMs: null, limit: null };

/** The runs that are kept in a state folder, newest first. */
export function listRuns(
  stateDir: string | undefined,
  { target, sinceWallMs, limit }: RunFilter = ALL,
): RunList {
  const folder = systemRunsFolder(stateDir);
  const runs: RunSummary[] = [];
  for (const stored of storedRuns(folder)) {
    if (runs.length === limit) break;
    const run = summarise(stored);
    if (target !== null && run.target?.includes(target) !== true) continue;
    const isOlder = run.startedAt === null || Date.parse(run.startedAt) < (sinceWallMs ?? 0);
    if (sinceWallMs !== null && isOlder) continue;
    runs.push(run);
  }
  return { schema: 'greyprobe.runs.v1', folder, runs };
}

/** One stored run with its result so far. Throws as `findRun` and `readJournal` do. */
export function showRun(stateDir: string | undefined, wanted: string): ShownRun {
  const stored = findRun(systemRunsFolder(stateDir), wanted);
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
