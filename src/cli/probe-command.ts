import type { ExitCode } from '../exit-codes.js';
import { systemRunsFolder } from '../journal/state-folder.js';
import type { ProbeRequest } from '../probe/request.js';
import type { HostsResult } from '../result/hosts-result.js';
import type { ProbeResult } from '../result/probe-result.js';
import { startKept } from '../runs/drive-kept.js';
import { beginKeptRun } from '../runs/kept-run.js';
import { systemClock } from '../system/clock.js';
import { systemRandom } from '../system/random.js';
import { completeRequest } from './ask.js';
import { withInterruption } from './interruption.js';
import { type KeptOutcome, keptOutcome } from './kept-outcome.js';
import { type OutputFlagValues, parseOutputs } from './output-flags.js';
import { realPorts } from './probe-ports.js';
import { type ProbeFlagValues, parseProbeRequest } from './probe-request.js';
import { createProgress } from './progress.js';
import { showTranscript } from './show-transcript.js';
import { liveEvents, proveOutputs, writeOutputs } from './write-outputs.js';

export interface ProbeCommandFlags extends ProbeFlagValues, OutputFlagValues {
  readonly resolver?: string | undefined;
  readonly verbose: boolean;
  readonly 'no-wait': boolean;
  readonly 'all-hosts': boolean;
  readonly 'state-dir'?: string | undefined;
}

export interface CommandContext {
  /** What the user wrote behind the name of the command. */
  readonly words: readonly string[];
  readonly json: boolean;
  readonly version: string;
  /** Writes a line or more to standard output. */
  readonly writeOut: (text: string) => void;
  /** Writes a line to standard error. */
  readonly writeNote: (text: string) => void;
}

export interface ProbeCommandOutcome {
  readonly result: ProbeResult | HostsResult;
  readonly exit: ExitCode;
}

/** `greyprobe probe`: asks for what is missing, checks everything, runs, and writes the outputs. */
export async function probeFromCommandLine(
  recipient: string | undefined,
  flags: ProbeCommandFlags,
  context: CommandContext,
): Promise<ProbeCommandOutcome> {
  const outputs = parseOutputs(flags, context.json);
  const complete = await completeRequest(recipient, flags, context);
  const request = parseProbeRequest(complete.recipient, complete.flags);
  await proveOutputs(outputs);
  if (flags['all-hosts']) {
    const { probeAllFromCommandLine } = await import('./all-hosts-command.js');
    return probeAllFromCommandLine(request, complete.flags, outputs, context);
  }
  const live = await liveEvents(outputs, context.writeOut);
  const { result, exit, notes } = await runAndKeep(request, flags, context, live);
  const formatExit = await writeOutputs(
    outputs,
    { kind: 'probes', results: [result] },
    context.writeOut,
  );
  for (const note of notes) context.writeNote(note);
  return { result, exit: formatExit ?? exit };
}

/** Runs a probe whose events are kept on disk before anything else happens in the world. */
async function runAndKeep(
  request: ProbeRequest,
  flags: ProbeCommandFlags,
  context: CommandContext,
  live: Awaited<ReturnType<typeof liveEvents>>,
): Promise<KeptOutcome> {
  const resolver = flags.resolver ?? null;
  const ports = realPorts(resolver, flags.verbose ? showTranscript : undefined);
  const stateDir = flags['state-dir'] ?? null;
  const noWait = flags['no-wait'];
  const kept = beginKeptRun(systemRunsFolder(stateDir), {
    version: context.version,
    nowWallMs: systemClock.read().wallMs,
    random: systemRandom,
  });
  const progress = await createProgress(!context.json && !flags.verbose && live === null);
  try {
    const { value: driven } = await withInterruption((signal) =>
      startKept(kept, request, ports, {
        version: context.version,
        noWait,
        signal,
        onEvent: (event, state) => {
          live?.(kept.run, event);
          progress.onEvent(event, state);
        },
        onWait: (planned, due, state) => progress.onWait(planned, due, state),
      }),
    );
    return keptOutcome(driven, { nowWallMs: Date.now(), stateDir, resolver, noWait });
  } finally {
    progress.stop();
  }
}
