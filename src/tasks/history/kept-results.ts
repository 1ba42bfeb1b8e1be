import { buildResult } from '../../contract/build-result.js';
import type { ProbeResult } from '../../contract/probe-result.js';
import type { ProbeRequest } from '../../core/run/request.js';
import { type StoredRun, storedRuns } from '../../edges/journal/find.js';
import { streamJournal } from '../../edges/journal/reader.js';
import { GreyprobeError } from '../../model/errors.js';
import { loadRun } from '../runs/summary.js';

/** A run that is kept, with what was asked and what came of it. */
export interface KeptResult {
  readonly request: ProbeRequest;
  readonly result: ProbeResult;
}

/**
 * The finished runs of a folder that were asked for so, newest first, each read when its turn comes. Journals
 * that cannot be read are passed over.
 */
export function* keptResults(
  folder: string,
  isWanted: (request: ProbeRequest, startedWallMs: number) => boolean,
): Generator<KeptResult> {
  for (const stored of storedRuns(folder)) {
    const kept = readable(() => (beganAs(stored, isWanted) ? resultOf(stored) : null));
    if (kept !== null) yield kept;
  }
}

/** By its first line alone: most runs are of other targets. */
function beganAs(
  { path }: StoredRun,
  isWanted: (request: ProbeRequest, startedWallMs: number) => boolean,
): boolean {
  for (const event of streamJournal(path)) {
    return event.type === 'run-started' && isWanted(event.request, event.at.wallMs);
  }
  return false;
}

function resultOf({ path }: StoredRun): KeptResult | null {
  const { header, state } = loadRun(path);
  if (state === null || state.finished === null) return null;
  return { request: state.request, result: buildResult(state, header.version) };
}

function readable<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    // A date that cannot be is a RangeError.
    if (error instanceof GreyprobeError || error instanceof RangeError) return null;
    throw error;
  }
}
