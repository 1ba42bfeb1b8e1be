import { buildResult } from '../../contract/build-result.js';
import { exitCodeOf } from '../../contract/exit-code.js';
import type { ProbeResult } from '../../contract/probe-result.js';
import { sendersNamed } from '../../core/advice/senders.js';
import { startRun } from '../../core/run/engine.js';
import type { ProbePorts } from '../../core/run/ports.js';
import type { ProbeRequest } from '../../core/run/request.js';
import { newRunId } from '../../edges/journal/run-id.js';
import { systemRunsFolder } from '../../edges/journal/state-folder.js';
import { realPorts } from '../../edges/real-ports.js';
import type { GreyprobeError } from '../../model/errors.js';
import type { ExitCode } from '../../model/exit-codes.js';
import type { Transcript } from '../../model/ports/dialer.js';
import { ofFlag } from '../../model/values/flag-value.js';
import { withGreylistedBefore } from '../history/greylisted-before.js';
import { type Driven, type KeptOptions, startKept } from '../runs/drive-kept.js';
import { beginKeptRun } from '../runs/kept-run.js';

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
  return outcomeOf(await beginRun(request, ports, { ...options, runsFolder }), runsFolder);
}

export interface BeginOptions extends KeptOptions {
  /** Of greyprobe: the run's results name it. */
  readonly version: string;
  /** Folder of the journals; null: the run is not kept. */
  readonly runsFolder: string | null;
}

/**
 * Begins a run and drives it until it finishes or pauses. Where it is kept, its journal is made before
 * anything happens in the world: throws `state-folder-unusable`, and what `startRun` throws.
 */
export async function beginRun(
  asked: ProbeRequest,
  ports: ProbePorts,
  { runsFolder, ...options }: BeginOptions,
): Promise<Driven> {
  const request = withSenderIds(asked);
  const { clock, random } = ports;
  const { version } = options;
  const nowWallMs = clock.read().wallMs;
  if (runsFolder === null) {
    const state = await startRun(newRunId(nowWallMs, random), request, ports, options);
    return { state, version, failure: null };
  }
  const kept = beginKeptRun(runsFolder, { version, nowWallMs, random });
  return startKept(kept, request, ports, options);
}

/** `exchange 2019` as the senders that it names. Throws `unknown-sender`. */
export function withSenderIds({ forSenders, ...request }: ProbeRequest): ProbeRequest {
  if (forSenders === undefined) return request;
  const senders = ofFlag('--for', () => sendersNamed(forSenders.join(',')));
  return { ...request, forSenders: senders.map(({ id }) => id) };
}

/** What came of a run. */
export interface ProbeOutcome {
  readonly result: ProbeResult;
  readonly exit: ExitCode;
  /** Why the run could no longer be kept, and so was stopped; null: it could. */
  readonly failure: GreyprobeError | null;
}

/**
 * The result of a run and its exit code. That it could not be kept is a warning of the result. What
 * earlier runs of a folder add to it comes with it; null: there are none.
 */
export function outcomeOf(
  { state, version, failure }: Driven,
  runsFolder: string | null = null,
): ProbeOutcome {
  const built = buildResult(state, version);
  const result = withGreylistedBefore(built, state.request, runsFolder);
  if (failure === null) return { result, exit: exitCodeOf(result), failure };
  const { code, message, exit } = failure;
  return {
    result: { ...result, warnings: [...result.warnings, { code, message }] },
    exit,
    failure,
  };
}
