import type { ProbePorts } from '../probe/engine.js';
import { startRun } from '../probe/engine.js';
import type { ProbeRequest } from '../probe/request.js';
import { buildResult } from '../result/build-result.js';
import type { ProbeResult } from '../result/probe-result.js';
import { createProgress } from './progress.js';

export interface RunProbeOptions {
  readonly run: string;
  readonly version: string;
  /** Show progress on stderr when it is a terminal. */
  readonly progress: boolean;
  readonly signal?: AbortSignal;
}

/** Runs a probe with progress, and gives its result. */
export async function runProbe(
  request: ProbeRequest,
  ports: ProbePorts,
  options: RunProbeOptions,
): Promise<ProbeResult> {
  const progress = await createProgress(options.progress);
  try {
    const state = await startRun(options.run, request, ports, {
      onEvent: (event, now) => progress.onEvent(event, now),
      onWait: (planned, due, now) => progress.onWait(planned, due, now),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    return buildResult(state, options.version);
  } finally {
    progress.stop();
  }
}
