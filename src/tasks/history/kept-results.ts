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

/** How a run began; its journal never says it otherwise. */
interface Beginning {
  readonly request: ProbeRequest;
  readonly startedWallMs: number;
}

const MOST_BEGINNINGS = 10_000;
/** By the path of the journal: a check asks for the runs before, target by target. */
const BEGINNINGS = new Map<string, Beginning>();

/** By its first line alone: most runs are of other targets. */
function beganAs(
  { path }: StoredRun,
  isWanted: (request: ProbeRequest, startedWallMs: number) => boolean,
): boolean {
  const beginning = BEGINNINGS.get(path) ?? beginningOf(path);
  if (beginning === null) return false;
  if (BEGINNINGS.size < MOST_BEGINNINGS) BEGINNINGS.set(path, beginning);
  return isWanted(beginning.request, beginning.startedWallMs);
}

function beginningOf(path: string): Beginning | null {
  for (const event of streamJournal(path)) {
    return event.type === 'run-started'
      ? { request: event.request, startedWallMs: event.at.wallMs }
      : null;
  }
  return null;
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
