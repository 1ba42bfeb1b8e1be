import { isIP } from 'node:net';
import { clockWentBackWarnings } from '../../core/evidence/clock-jumps.js';
import { resumeRun } from '../../core/run/engine.js';
import type { ProbeEvent } from '../../core/run/events.js';
import type { ProbePorts } from '../../core/run/ports.js';
import { foldEvents, type RunState } from '../../core/run/state.js';
import { journalEmpty } from '../../edges/journal/damage.js';
import { findRun, type StoredRun } from '../../edges/journal/find.js';
import type { JournalHeader } from '../../edges/journal/header.js';
import { readJournal } from '../../edges/journal/reader.js';
import { systemRunsFolder } from '../../edges/journal/state-folder.js';
import { realPorts } from '../../edges/real-ports.js';
import type { Warning } from '../../model/mail-host.js';
import type { RunSettings } from '../probe/run-probe.js';
import { outcomeOf, type ProbeOutcome } from '../probe/run-probe.js';
import { type Driven, driveKept, type KeptOptions } from './drive-kept.js';
import { type KeptRun, reopenKeptRun } from './kept-run.js';
import { loadRun } from './summary.js';

/** A wait that the engine would not pause for either. */
const SOON_MS = 3000;
/** DNS is asked again only to say what changed: not worth a long wait. */
const DNS_MS = 5000;

/** A stored run whose lock this process holds now, to be driven on; with `kept` null there is nothing to do. */
type TakenUp =
  | ({ readonly kept: null } & Driven)
  | {
      readonly kept: KeptRun;
      readonly version: string;
      readonly events: readonly ProbeEvent[];
      readonly state: RunState;
      /** What changed while nobody drove it. */
      readonly warnings: readonly Warning[];
    };

/**
 * Takes a stored run up under its lock. There is nothing to do where it has finished, or is not due yet
 * under `noWait`: nothing is written then, not even the lock, however often a cron job asks. Throws
 * `run-is-locked` and what reading its journal throws.
 */
export async function takeUpKept(
  { run, path }: StoredRun,
  ports: ProbePorts,
  options: KeptOptions = {},
): Promise<TakenUp> {
  const seen = loadRun(path);
  if (seen.state === null) throw journalEmpty(path);
  if (hasNothingToDo(seen.state, ports, options)) return asItIs(seen.state, seen.header);
  const kept = reopenKeptRun(run, path);
  try {
    // Once more, since it may have gone on before the lock was taken.
    const { header, events } = readJournal(path);
    const state = foldEvents(events);
    if (state === null) throw journalEmpty(path);
    if (hasNothingToDo(state, ports, options)) {
      kept.close();
      return asItIs(state, header);
    }
    const warnings = await warningsFor(state, ports, options.signal);
    return { kept, version: header.version, events, state, warnings };
  } catch (error) {
    kept.close();
    throw error;
  }
}

function asItIs(state: RunState, { version }: JournalHeader): { readonly kept: null } & Driven {
  return { kept: null, state, version, failure: null };
}

/** Takes a stored run up and drives it on. Throws as `takeUpKept` does. */
export async function resumeKept(
  stored: StoredRun,
  ports: ProbePorts,
  options: KeptOptions = {},
): Promise<Driven> {
  const taken = await takeUpKept(stored, ports, options);
  if (taken.kept === null) return taken;
  const { kept, version, events, state, warnings } = taken;
  try {
    return await driveKept(kept, version, state, options, (whole) =>
      resumeRun(events, ports, { ...whole, warnings }),
    );
  } finally {
    kept.close();
  }
}

function hasNothingToDo(state: RunState, ports: ProbePorts, options: KeptOptions): boolean {
  return state.finished !== null || (options.noWait === true && isLater(state, ports));
}

function isLater(state: RunState, ports: ProbePorts): boolean {
  const due = state.paused?.reason === 'not-yet' ? state.paused.dueWallMs : null;
  const { wallMs } = ports.clock.read();
  return due !== null && due - wallMs > SOON_MS && wallMs >= state.lastAt.wallMs;
}

/** What changed while nobody drove the run. What was said before is not said again. */
async function warningsFor(
  state: RunState,
  ports: ProbePorts,
  signal: AbortSignal | undefined,
): Promise<readonly Warning[]> {
  const found = [
    ...clockWentBackWarnings(state, ports.clock.read().wallMs, ports.clock.boot),
    ...(await pinnedGoneWarnings(state, ports, signal)),
  ];
  return found.filter(
    (one) => !state.warnings.some((old) => old.code === one.code && old.message === one.message),
  );
}

/** Greylist state belongs to the pinned address, so it is kept even where the DNS names it no more. */
async function pinnedGoneWarnings(
  state: RunState,
  ports: ProbePorts,
  signal: AbortSignal | undefined,
): Promise<readonly Warning[]> {
  const { pinned, request } = state;
  if (pinned === null || (request.host !== null && isIP(request.host) !== 0)) return [];
  const limit = AbortSignal.timeout(DNS_MS);
  const either = signal === undefined ? limit : AbortSignal.any([signal, limit]);
  try {
    const located = await ports.locate(request, either);
    if (located.kind === 'dns-failure') return [];
    const addresses =
      located.kind === 'hosts' ? located.hosts.flatMap((host) => host.addresses) : [];
    if (addresses.includes(pinned.address)) return [];
  } catch (error) {
    if (either.aborted) return [];
    throw error;
  }
  return [
    {
      code: 'pinned-address-gone',
      message:
        `The DNS no longer gives ${pinned.address} (${pinned.name}) for this recipient. The run ` +
        'stays with it, since what was measured belongs to that address. A new run measures the ' +
        'hosts of today.',
    },
  ];
}

/** Goes on over the network with the run that a user named. Throws as `findRun` and `resumeKept` do. */
export async function resumeNamed(wanted: string, settings: RunSettings): Promise<ProbeOutcome> {
  const { resolver, stateDir, transcript, ...options } = settings;
  const runsFolder = systemRunsFolder(stateDir);
  const stored = findRun(runsFolder, wanted);
  const ports = realPorts(resolver ?? rememberedResolver(stored), transcript, runsFolder);
  return outcomeOf(await resumeKept(stored, ports, options), runsFolder);
}

/** The DNS server that the run asked when it began; null: the system's. */
export function rememberedResolver({ path }: StoredRun): string | null {
  return loadRun(path).state?.request.resolver ?? null;
}
