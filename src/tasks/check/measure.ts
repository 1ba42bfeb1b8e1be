import { probeAllHosts } from '../../core/run/all-hosts.js';
import type { ProbePorts } from '../../core/run/ports.js';
import type { ProbeRequest } from '../../core/run/request.js';
import type { Sharing } from '../../core/run/shared-memory.js';
import type { RunState } from '../../core/run/state.js';
import { journalEmpty } from '../../edges/journal/damage.js';
import type { StoredRun } from '../../edges/journal/find.js';
import { GreyprobeError } from '../../model/errors.js';
import type { Warning } from '../../model/mail-host.js';
import { endKept } from '../runs/end-kept.js';
import type { DrivenRun, ManyKeptRuns } from '../runs/many-kept.js';
import { loadRun } from '../runs/summary.js';
import type { CheckContext, CheckTarget } from './check-target.js';
import { isOutlived, type WaitingRuns } from './waiting-run.js';

/** What was measured for one target. */
export interface Measured {
  /** The run that is judged. */
  readonly state: RunState;
  /** Version of greyprobe that began it. */
  readonly version: string;
  /** Further runs, of the other mail hosts. */
  readonly others: readonly RunState[];
  /** All mail hosts share what they know of senders; null: not shown. */
  readonly hostsShareState: boolean | null;
}

type Context = CheckContext & {
  readonly signal: AbortSignal;
  readonly waiting: WaitingRuns;
  readonly runs: ManyKeptRuns;
};

/**
 * One run for the target; one for each mail host where all are wanted, or their sharing is to be
 * judged. That takes one go: with `noWait` it is not measured.
 */
export async function measure(
  { request, allHosts, expectations }: CheckTarget,
  ports: ProbePorts,
  context: Context,
): Promise<Measured> {
  if ((allHosts || expectations.hostsShareState !== undefined) && !context.noWait) {
    const all = await measureAll(request, ports, context);
    if (all !== null) return all;
  }
  const { state, version } = await drive(request, ports, context);
  return { state, version, others: [], hostsShareState: isAlone(state) ? true : null };
}

/** Null where there are not several mail hosts. */
async function measureAll(
  request: ProbeRequest,
  ports: ProbePorts,
  context: Context,
): Promise<Measured | null> {
  const located = await ports.locate(request, context.signal);
  if (located.kind !== 'hosts' || located.hosts.length < 2) return null;
  const all = await probeAllHosts(
    request,
    { ...ports, locate: async () => located },
    async (one, hostPorts) => (await context.runs.begin(one, hostPorts)).state,
    context.signal,
  );
  if (all.kind !== 'hosts') return null;
  const main = all.runs.find((run) => run.pinned !== null) ?? all.runs[0];
  if (main === undefined) return null;
  return {
    state: { ...main, mailHosts: located.hosts },
    version: context.version,
    others: all.runs.filter((run) => run !== main),
    hostsShareState: shared(all.sharing, located.hosts.length),
  };
}

/** True only where it was shown from each host to the next. */
function shared(sharing: readonly Sharing[], hosts: number): boolean | null {
  if (sharing.some((one) => one.shared === false)) return false;
  return sharing.length >= hosts && sharing.every((one) => one.shared === true) ? true : null;
}

/** A single mail host with a single address shares with itself. */
function isAlone({ mailHosts }: RunState): boolean {
  const [host, ...others] = mailHosts ?? [];
  return host !== undefined && others.length === 0 && host.addresses.length === 1;
}

/** Goes on with the run that waits for this target, or begins one. */
async function drive(
  request: ProbeRequest,
  ports: ProbePorts,
  { waiting, runs }: Context,
): Promise<DrivenRun> {
  const found = waiting.of(request);
  if (found === null) return runs.begin(request, ports);
  const { stored } = found;
  try {
    if (!isOutlived(found, ports.clock.read().wallMs)) return await runs.resume(stored, ports);
    await endKept(stored, ports);
    const begun = await runs.begin(request, ports);
    const warnings = [...begun.state.warnings, anew(stored)];
    return { ...begun, state: { ...begun.state, warnings } };
  } catch (error) {
    if (!(error instanceof GreyprobeError) || error.code !== 'run-is-locked') throw error;
    return asItStands(stored);
  }
}

function anew({ run }: StoredRun): Warning {
  return {
    code: 'begun-anew',
    message: `The run ${run}, which waited for this check, was older than its own plan: it was ended, and this one begun.`,
  };
}

/** A run that another process drives: as far as it has come. The other targets can still be judged. */
function asItStands({ path }: StoredRun): DrivenRun {
  const { header, state } = loadRun(path);
  if (state === null) throw journalEmpty(path);
  return { state, version: header.version };
}
