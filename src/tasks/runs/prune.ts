import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { PruneResult, RunSummary } from '../../contract/run-list.js';
import { storedRuns } from '../../edges/journal/find.js';
import { lockRun } from '../../edges/journal/lock.js';
import { isRoomFile, lockPath } from '../../edges/journal/paths.js';
import { systemRunsFolder } from '../../edges/journal/state-folder.js';
import { GreyprobeError } from '../../model/errors.js';
import { summarise } from './summary.js';

export interface PruneOptions {
  readonly olderThanSeconds: number;
  /** Also those that could be resumed, or cannot be read. */
  readonly all: boolean;
  readonly dryRun: boolean;
  readonly nowWallMs: number;
}

/**
 * Removes the runs whose last event is older than asked: finished and empty ones, with `all` every one
 * that no process drives.
 */
export function pruneRuns(stateDir: string | undefined, options: PruneOptions): PruneResult {
  const folder = systemRunsFolder(stateDir);
  const { dryRun } = options;
  const removed: PruneResult['removed'] = [];
  const kept: PruneResult['kept'] = [];
  for (const summary of storedRuns(folder).map(summarise)) {
    if (!isOld(summary, options)) continue;
    const why = whyKept(summary, options) ?? (dryRun ? null : remove(summary));
    const { run, state, lastEventAt } = summary;
    if (why === null) removed.push({ run, state, lastEventAt });
    else kept.push({ run, state, why });
  }
  if (!dryRun) removeRoomFiles(folder, options);
  return { schema: 'greyprobe.prune-result.v1', folder, dryRun, removed, kept };
}

function isOld({ lastEventAt }: RunSummary, options: PruneOptions): boolean {
  return lastEventAt !== null && isBefore(Date.parse(lastEventAt), options);
}

function isBefore(wallMs: number, { nowWallMs, olderThanSeconds }: PruneOptions): boolean {
  return nowWallMs - wallMs > olderThanSeconds * 1000;
}

function whyKept({ state }: RunSummary, { all }: PruneOptions): string | null {
  if (state === 'finished' || state === 'empty') return null;
  if (state === 'running') return 'a process drives it';
  if (all) return null;
  return `it ${state === 'unreadable' ? 'cannot be read' : 'can be resumed'}; --all removes it too`;
}

/** Under the run's lock, lest somebody resumes it at this moment. Gives why it was kept after all. */
function remove({ path }: RunSummary): string | null {
  try {
    const lock = lockRun(path);
    try {
      rmSync(path, { force: true });
    } finally {
      lock.release();
    }
    rmSync(lockPath(path), { force: true });
    return null;
  } catch (error) {
    if (error instanceof GreyprobeError) return error.message;
    return error instanceof Error ? error.message : String(error);
  }
}

/** What a process left that was killed while it looked for room on the disk. */
function removeRoomFiles(folder: string, options: PruneOptions): void {
  let names: readonly string[] = [];
  try {
    names = readdirSync(folder).filter(isRoomFile);
  } catch {
    return;
  }
  for (const path of names.map((name) => join(folder, name))) {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats !== undefined && isBefore(stats.mtimeMs, options)) rmSync(path, { force: true });
  }
}
