import type { MailHost, Warning } from '../../model/mail-host.js';
import type { HostsFailed } from './events.js';
import type { Located, ProbePorts } from './ports.js';
import type { ProbeRequest, SenderPool } from './request.js';
import { type Sharing, trySharing } from './shared-memory.js';
import type { RunState } from './state.js';

/** More mail hosts than this are not measured side by side. */
const MOST_HOSTS = 6;

/** Starts one run; the caller decides how it is kept and shown. */
export type StartOne = (request: ProbeRequest, ports: ProbePorts) => Promise<RunState>;

export type AllHosts =
  | {
      readonly kind: 'hosts';
      /** One run for each mail host, by preference. */
      readonly runs: readonly RunState[];
      readonly sharing: readonly Sharing[];
      readonly warnings: readonly Warning[];
    }
  | { readonly kind: HostsFailed['kind']; readonly located: Exclude<Located, { kind: 'hosts' }> };

/**
 * Measures every mail host of the domain, each by itself and all at the same time, then tries
 * whether neighbours share what they remember.
 */
export async function probeAllHosts(
  request: ProbeRequest,
  ports: ProbePorts,
  startOne: StartOne,
  signal?: AbortSignal,
): Promise<AllHosts> {
  const located = await ports.locate(request, signal);
  if (located.kind !== 'hosts') return { kind: located.kind, located };
  const { hosts, warnings } = apart(located.hosts.filter((host) => host.addresses.length > 0));
  const measured = hosts.slice(0, MOST_HOSTS);
  const runs = await Promise.all(
    measured.map((host, index) => {
      const senders = dealt(request.senders, measured.length, index);
      return startOne({ ...request, senders }, portsFor(host, ports));
    }),
  );
  const sharing: Sharing[] = [];
  for (const [from, to] of pairs(runs)) {
    if (signal?.aborted === true) break;
    const tried = await trySharing(from, to, ports, signal);
    if (tried !== null) sharing.push(tried);
  }
  const left = hosts.length - MOST_HOSTS;
  const cut = left > 0 ? [tooMany(left)] : [];
  return { kind: 'hosts', runs, sharing, warnings: [...located.warnings, ...warnings, ...cut] };
}

/** Names for the addresses of an earlier host are that host: measured twice, it is asked twice as often. */
function apart(hosts: readonly MailHost[]): {
  readonly hosts: readonly MailHost[];
  readonly warnings: readonly Warning[];
} {
  const owners = new Map<string, string>();
  const kept: MailHost[] = [];
  const warnings: Warning[] = [];
  for (const host of hosts) {
    const owner = owners.get(host.addresses[0] ?? '');
    if (owner !== undefined && host.addresses.every((address) => owners.has(address))) {
      const message = `${host.name} has no address that ${owner} does not have; it is measured once.`;
      warnings.push({ code: 'same-host', message });
      continue;
    }
    kept.push(host);
    for (const address of host.addresses) {
      if (!owners.has(address)) owners.set(address, host.name);
    }
  }
  return { hosts: kept, warnings };
}

/**
 * The part of the senders for one of so many hosts. Hosts may share what they remember: then a sender
 * that has aged at one is not fresh at another. Where there are too few, each host gets one.
 */
function dealt(pool: SenderPool, hosts: number, index: number): SenderPool {
  if (pool.kind === 'template') return pool;
  const own = index % pool.addresses.length;
  return { ...pool, addresses: pool.addresses.filter((_, i) => i % hosts === own) };
}

/** The same world, in which the domain has just this host. */
function portsFor(host: MailHost, ports: ProbePorts): ProbePorts {
  return { ...ports, locate: async () => ({ kind: 'hosts', hosts: [host], warnings: [] }) };
}

/** Each host with the next one, and the last with the first: what a sender does that goes on. */
function pairs(runs: readonly RunState[]): readonly (readonly [RunState, RunState])[] {
  const reached = runs.filter((run) => run.pinned !== null);
  if (reached.length < 2) return [];
  return reached.flatMap((from, index) => {
    const to = reached[(index + 1) % reached.length];
    return to === undefined ? [] : [[from, to] as const];
  });
}

function tooMany(left: number): Warning {
  return {
    code: 'too-many-hosts',
    message: `${left} more mail hosts were not measured; --host measures one of them.`,
  };
}
