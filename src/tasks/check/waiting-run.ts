import { isDeepStrictEqual } from 'node:util';
import type { ProbeRequest } from '../../core/run/request.js';
import { type StoredRun, storedRuns } from '../../edges/journal/find.js';
import { lastLine } from '../../edges/journal/last-line.js';
import { streamJournal } from '../../edges/journal/reader.js';
import { GreyprobeError } from '../../model/errors.js';

interface WaitingRun {
  readonly stored: StoredRun;
  readonly request: ProbeRequest;
  readonly startedWallMs: number;
}

/**
 * The kept runs of a folder that have not finished, by recipient, newest first. All journals are looked
 * at once, at their first and their last line: an earlier visit planted those that wait, however many
 * there are. Journals that cannot be read are passed over.
 */
export class WaitingRuns {
  readonly #byRecipient = new Map<string, WaitingRun[]>();

  constructor(folder: string) {
    for (const stored of storedRuns(folder)) {
      const waiting = waitingIn(stored);
      if (waiting === null) continue;
      const { recipient } = waiting.request;
      const known = this.#byRecipient.get(recipient);
      if (known === undefined) this.#byRecipient.set(recipient, [waiting]);
      else known.push(waiting);
    }
  }

  /** The newest that was asked for in the same words; null: none waits. */
  of(request: ProbeRequest): WaitingRun | null {
    const some = this.#byRecipient.get(request.recipient) ?? [];
    return some.find((one) => isDeepStrictEqual(one.request, request)) ?? null;
  }
}

/**
 * Whether a run has waited for longer than its plan is: what it would try now is far behind what it
 * wanted to know.
 */
export function isOutlived({ request, startedWallMs }: WaitingRun, nowWallMs: number): boolean {
  const { retryAtSeconds, maxWaitSeconds, closingAgesSeconds } = request;
  const longest = Math.max(retryAtSeconds?.at(-1) ?? maxWaitSeconds, ...closingAgesSeconds);
  return nowWallMs - startedWallMs > longest * 2000 + GRACE_MS;
}

/** A visit may come late: as long again as the plan, and an hour. */
const GRACE_MS = 3_600_000;

function waitingIn(stored: StoredRun): WaitingRun | null {
  const { path } = stored;
  try {
    if (/"type":"run-finished"/u.test(lastLine(path))) return null;
    for (const event of streamJournal(path)) {
      if (event.type !== 'run-started') return null;
      return { stored, request: event.request, startedWallMs: event.at.wallMs };
    }
    return null;
  } catch (error) {
    if (error instanceof GreyprobeError || error instanceof RangeError) return null;
    throw error;
  }
}
