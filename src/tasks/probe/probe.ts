import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import type { ProbeResult } from '../../contract/probe-result.js';
import type { ProbePorts } from '../../core/run/ports.js';
import { findRun } from '../../edges/journal/find.js';
import { systemRunsFolder } from '../../edges/journal/state-folder.js';
import { realPorts } from '../../edges/real-ports.js';
import type { KeptOptions } from '../runs/drive-kept.js';
import { rememberedResolver, resumeKept } from '../runs/resume-kept.js';
import { type ProgramSettings, requestOf } from '../settings/program-settings.js';
import { beginRun, outcomeOf } from './run-probe.js';

/** How a program watches a run and ends it, and where the run is. */
export interface CallOptions extends KeptOptions {
  /** DNS server to ask, as for `--resolver`; left out: the system's. */
  readonly resolver?: string | undefined;
  /** As for `--state-dir`. Left out: a new run is not kept, and one to resume is the user's own. */
  readonly stateDir?: string | undefined;
  /** The world to probe in place of the network, for tests. */
  readonly ports?: ProbePorts | undefined;
}

/**
 * Probes the mail host of a recipient: one call for programs. Throws a `GreyprobeError` where a
 * setting is wrong or the run cannot be kept from the start; all else is part of the result.
 */
export async function probe(
  recipient: string,
  call: ProgramSettings & CallOptions,
): Promise<ProbeResult> {
  const { resolver, stateDir, ports, ...options } = call;
  const request = requestOf(recipient, call);
  const runsFolder = stateDir === undefined ? null : systemRunsFolder(stateDir);
  const world = ports ?? realPorts(resolver ?? null, undefined, runsFolder);
  const driven = await beginRun(request, world, { ...options, version: ownVersion(), runsFolder });
  return outcomeOf(driven, runsFolder).result;
}

/** Goes on with a run that is kept: by its id, the beginning of it, or its word. */
export async function resume(run: string, call: CallOptions = {}): Promise<ProbeResult> {
  const { resolver, stateDir, ports, ...options } = call;
  const runsFolder = systemRunsFolder(stateDir);
  const stored = findRun(runsFolder, run);
  const world = ports ?? realPorts(resolver ?? rememberedResolver(stored), undefined, runsFolder);
  return outcomeOf(await resumeKept(stored, world, options), runsFolder).result;
}

/** Of this package: the command is told its own by oclif. */
function ownVersion(): string {
  const manifest = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8');
  return v.parse(v.object({ version: v.string() }), JSON.parse(manifest)).version;
}
