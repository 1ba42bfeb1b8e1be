import { startRun } from '../../core/run/engine.js';
import type { ProbeOptions, ProbePorts } from '../../core/run/ports.js';
import type { ProbeRequest } from '../../core/run/request.js';
import type { RunState } from '../../core/run/state.js';
import { GreyprobeError } from '../../model/errors.js';
import type { KeptRun } from './kept-run.js';

/** How a kept run ended, or why it had to stop. */
export interface Driven {
  readonly state: RunState;
  /** Version of greyprobe that began the run: its results name it, whoever renders them. */
  readonly version: string;
  /** The run could no longer be kept, so it was stopped: `state` is what was seen until then. */
  readonly failure: GreyprobeError | null;
}

export type KeptOptions = Omit<ProbeOptions, 'keep'>;

/** Begins a run in a journal made by `beginKeptRun`, drives it, and lets go of the journal. */
export async function startKept(
  kept: KeptRun,
  request: ProbeRequest,
  ports: ProbePorts,
  options: KeptOptions & { readonly version: string },
): Promise<Driven> {
  try {
    return await driveKept(kept, options.version, null, options, (whole) =>
      startRun(kept.run, request, ports, whole),
    );
  } finally {
    kept.close();
  }
}

/**
 * Drives a run whose events are kept. Where that fails in the middle, the run stops and what was seen
 * until then is given back, with an answer that could not be kept; where it fails before anything
 * happened, that is thrown.
 */
export async function driveKept(
  kept: KeptRun,
  version: string,
  before: RunState | null,
  options: KeptOptions,
  drive: (options: ProbeOptions) => Promise<RunState>,
): Promise<Driven> {
  let last = before;
  let failure: GreyprobeError | null = null;
  const noted = (error: unknown): never => {
    if (error instanceof GreyprobeError) failure ??= error;
    throw error;
  };
  try {
    const state = await drive({
      ...options,
      keep: (event) => {
        try {
          return kept.keep(event).catch(noted);
        } catch (error) {
          return noted(error);
        }
      },
      onEvent: (event, now) => {
        last = now;
        options.onEvent?.(event, now);
      },
    });
    return { state, version, failure: null };
  } catch (error) {
    if (failure === null || error !== failure || last === null) throw error;
    return { state: last, version, failure };
  }
}
