import { isDeepStrictEqual } from 'node:util';
import type { ProbeRequest } from '../../core/run/request.js';
import { type StoredRun, storedRuns } from '../../edges/journal/find.js';
import { GreyprobeError } from '../../model/errors.js';
import { loadRun } from '../runs/summary.js';

/** Older runs are not looked through: a check that is made every night leaves finished ones behind. */
const MOST_RUNS = 500;

/**
 * The newest kept run that was asked for in the same words and has not finished: an earlier visit
 * planted it. Null: none waits. Journals that cannot be read are passed over.
 */
export function waitingRun(folder: string, request: ProbeRequest): StoredRun | null {
  return (
    storedRuns(folder)
      .slice(0, MOST_RUNS)
      .find((stored) => waits(stored, request)) ?? null
  );
}

function waits({ path }: StoredRun, request: ProbeRequest): boolean {
  try {
    const { state } = loadRun(path);
    return state !== null && state.finished === null && isDeepStrictEqual(state.request, request);
  } catch (error) {
    if (error instanceof GreyprobeError || error instanceof RangeError) return false;
    throw error;
  }
}
