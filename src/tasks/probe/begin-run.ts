import { type ProbePorts, startRun } from '../../core/run/engine.js';
import type { ProbeRequest } from '../../core/run/request.js';
import { newRunId } from '../../edges/journal/run-id.js';
import { type Driven, type KeptOptions, startKept } from '../runs/drive-kept.js';
import { beginKeptRun } from '../runs/kept-run.js';

export interface BeginOptions extends KeptOptions {
  /** Of greyprobe: the run's results name it. */
  readonly version: string;
  /** Folder of the journals; null: the run is not kept. */
  readonly runsFolder: string | null;
}

/**
 * Begins a run and drives it until it finishes or pauses. Where it is kept, its journal is made before
 * anything happens in the world: throws `state-folder-unusable`, and what `startRun` throws.
 */
export async function beginRun(
  request: ProbeRequest,
  ports: ProbePorts,
  { runsFolder, ...options }: BeginOptions,
): Promise<Driven> {
  const { clock, random } = ports;
  const { version } = options;
  const nowWallMs = clock.read().wallMs;
  if (runsFolder === null) {
    const state = await startRun(newRunId(nowWallMs, random), request, ports, options);
    return { state, version, failure: null };
  }
  const kept = beginKeptRun(runsFolder, { version, nowWallMs, random });
  return startKept(kept, request, ports, options);
}
