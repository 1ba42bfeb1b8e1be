import type { ProbeRequest } from '../../../src/core/run/request.js';
import { systemClock } from '../../../src/edges/system/clock.js';
import { systemRandom } from '../../../src/edges/system/random.js';
import { beginKeptRun } from '../../../src/tasks/runs/kept-run.js';
import { request } from '../../unit/core/run/support/virtual-run.js';

export interface PlantedRun {
  readonly run: string;
  readonly path: string;
}

/** A stored run that was killed right after its start: all of it is left to those who resume it. */
export function plantRun(folder: string, changes: Partial<ProbeRequest>): PlantedRun {
  const now = systemClock.read();
  const kept = beginKeptRun(folder, {
    version: '0.0.0-test',
    nowWallMs: now.wallMs,
    random: systemRandom,
  });
  kept.keep({
    type: 'run-started',
    at: { segment: 0, ...now },
    run: kept.run,
    request: request({ tls: 'never', timeoutSeconds: 5, ...changes }),
  });
  kept.close();
  return { run: kept.run, path: kept.path };
}
