import type { ProbeRequest } from '../../core/run/request.js';
import { systemRunsFolder } from '../../edges/journal/state-folder.js';
import { realPorts } from '../../edges/real-ports.js';
import type { Transcript } from '../../model/ports/dialer.js';
import type { KeptOptions } from '../runs/drive-kept.js';
import { beginRun } from './begin-run.js';
import { outcomeOf, type ProbeOutcome } from './outcome.js';

/** Where a run is kept and whom it asks, as a user says it, and who watches. */
export interface RunSettings extends KeptOptions {
  /** As given with `--resolver`; null: the system's servers. */
  readonly resolver: string | null;
  /** As given with `--state-dir`; null: the user's own. */
  readonly stateDir: string | null;
  /** Sees each line of the SMTP conversation. */
  readonly transcript?: Transcript | undefined;
}

/** Probes over the network, and keeps the run. */
export async function runProbe(
  request: ProbeRequest,
  settings: RunSettings & { readonly version: string },
): Promise<ProbeOutcome> {
  const { resolver, stateDir, transcript, ...options } = settings;
  const runsFolder = systemRunsFolder(stateDir);
  const ports = realPorts(resolver, transcript, runsFolder);
  return outcomeOf(await beginRun(request, ports, { ...options, runsFolder }));
}
