import { decidingHosts } from '../../contract/deciding-hosts.js';
import type { ObserveResult, SentHost } from '../../contract/observe-result.js';
import type { ProbeResult } from '../../contract/probe-result.js';
import type { ProbeRequest } from '../../core/run/request.js';
import { GreyprobeError } from '../../model/errors.js';
import { type RunSettings, runProbe } from '../probe/run-probe.js';
import type { ProbeSettings } from '../settings/probe-settings.js';
import { settingsFromFlags } from '../settings/read-settings.js';
import { toRequest } from '../settings/to-request.js';

/** A host whose window a log leaves open, and the probe that measures it. */
export interface HostProbe {
  readonly host: SentHost;
  readonly target: NonNullable<SentHost['probe']>;
  readonly request: ProbeRequest;
}

/** The probes that decide most, at most so many. Names of the log that no probe can say are passed over. */
export function probesThatDecide(
  { sent }: ObserveResult,
  most: number,
  settings: ProbeSettings,
): readonly HostProbe[] {
  const hosts = sent?.hosts ?? [];
  return decidingHosts(hosts, hosts.length)
    .flatMap((host) => probeOf(host, settings) ?? [])
    .slice(0, most);
}

function probeOf(host: SentHost, settings: ProbeSettings): HostProbe | null {
  const target = host.probe ?? null;
  if (target === null) return null;
  const { recipient, from } = target;
  try {
    const named = settingsFromFlags({ from, host: target.host ?? undefined });
    return { host, target, request: toRequest(recipient, { ...settings, ...named }) };
  } catch (error) {
    if (error instanceof GreyprobeError) return null;
    throw error;
  }
}

export interface HostsProbed {
  readonly results: readonly ProbeResult[];
  /** Why runs could not begin, or no longer be kept. */
  readonly failures: readonly GreyprobeError[];
  /** What the logs tell, with what the probes found beside it. */
  readonly told: ObserveResult;
}

/** Probes hosts side by side, each in a kept run of its own. One that fails leaves the others be. */
export async function probeHosts(
  told: ObserveResult,
  probes: readonly HostProbe[],
  settings: RunSettings & { readonly version: string },
): Promise<HostsProbed> {
  const failures: GreyprobeError[] = [];
  const found = new Map<SentHost, ProbeResult>();
  const probe = async ({ host, request }: HostProbe) => {
    try {
      const { result, failure } = await runProbe(request, settings);
      found.set(host, result);
      if (failure !== null) failures.push(failure);
    } catch (error) {
      if (!(error instanceof GreyprobeError)) throw error;
      failures.push(error);
    }
  };
  await Promise.all(probes.map(probe));
  return { results: [...found.values()], failures, told: withProbed(told, found) };
}

function withProbed(told: ObserveResult, found: ReadonlyMap<SentHost, ProbeResult>): ObserveResult {
  if (told.sent === null) return told;
  const hosts = told.sent.hosts.map((host) => {
    const result = found.get(host);
    return result === undefined ? host : { ...host, probed: probedOf(result) };
  });
  return { ...told, sent: { ...told.sent, hosts } };
}

function probedOf({ run, verdict, window }: ProbeResult): NonNullable<SentHost['probed']> {
  const { kind, confidence, summary } = verdict;
  return { run, verdict: { kind, confidence, summary }, window };
}
