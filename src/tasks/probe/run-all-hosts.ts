import { buildHostsResult, type HostsResult } from '../../contract/hosts-result.js';
import { probeAllHosts } from '../../core/run/all-hosts.js';
import type { ProbeRequest } from '../../core/run/request.js';
import { systemRunsFolder } from '../../edges/journal/state-folder.js';
import { realPorts } from '../../edges/real-ports.js';
import type { GreyprobeError } from '../../model/errors.js';
import type { RunSettings } from './run-probe.js';
import { beginRun } from './run-probe.js';

/** What came of the runs of all mail hosts of a domain. */
export interface HostsOutcome {
  readonly result: HostsResult;
  /** Why runs could no longer be kept, and so were stopped. */
  readonly failures: readonly GreyprobeError[];
}

/**
 * Probes all mail hosts at the same time, each in a kept run of its own, then tries whether they share
 * state. One that fails leaves the others be. Throws where there is no mail host, and where a run
 * cannot even begin: nobody would see the others end, so they pause.
 */
export async function runAllHosts(
  request: ProbeRequest,
  settings: RunSettings & { readonly version: string },
): Promise<HostsOutcome> {
  const { resolver, stateDir, transcript, ...options } = settings;
  const runsFolder = systemRunsFolder(stateDir);
  const ports = realPorts(resolver, transcript, runsFolder);
  const failures: GreyprobeError[] = [];
  const stop = new AbortController();
  const signal = AbortSignal.any([stop.signal, ...(options.signal ? [options.signal] : [])]);
  const measured = await probeAllHosts(
    request,
    ports,
    async (one, hostPorts) => {
      try {
        const driven = await beginRun(one, hostPorts, { ...options, runsFolder, signal });
        if (driven.failure !== null) failures.push(driven.failure);
        return driven.state;
      } catch (error) {
        stop.abort();
        throw error;
      }
    },
    options.signal,
  );
  if (measured.kind !== 'hosts') throw measured.located.error;
  const built = buildHostsResult(request, measured, settings.version);
  const lost = failures.map(({ code, message }) => ({ code, message }));
  return { result: { ...built, warnings: [...built.warnings, ...lost] }, failures };
}
