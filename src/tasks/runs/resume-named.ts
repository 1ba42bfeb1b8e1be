import { findRun } from '../../edges/journal/find.js';
import { systemRunsFolder } from '../../edges/journal/state-folder.js';
import { realPorts } from '../../edges/real-ports.js';
import { outcomeOf, type ProbeOutcome } from '../probe/outcome.js';
import type { RunSettings } from '../probe/run-probe.js';
import { resumeKept } from './resume-kept.js';

/** Goes on over the network with the run that a user named. Throws as `findRun` and `resumeKept` do. */
export async function resumeNamed(wanted: string, settings: RunSettings): Promise<ProbeOutcome> {
  const { resolver, stateDir, transcript, ...options } = settings;
  const runsFolder = systemRunsFolder(stateDir);
  const stored = findRun(runsFolder, wanted);
  const ports = realPorts(resolver, transcript, runsFolder);
  return outcomeOf(await resumeKept(stored, ports, options));
}
