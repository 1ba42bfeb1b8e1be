import type { ExitCode } from '../exit-codes.js';
import { systemRunsFolder } from '../journal/state-folder.js';
import type { ProbeRequest } from '../probe/request.js';
import type { HostsResult } from '../result/hosts-result.js';
import type { ProbeResult } from '../result/probe-result.js';
import { startKept } from '../runs/drive-kept.js';
import { beginKeptRun } from '../runs/kept-run.js';
import { systemClock } from '../system/clock.js';
import { systemRandom } from '../system/random.js';
import { realPorts } from '../world/real-ports.js';
import { completeRequest } from './ask.js';
import type { CommandContext, ProbeCommandFlags } from './command-context.js';
import { type KeptOutcome, keptOutcome } from './kept-outcome.js';
import { parseOutputs } from './output-flags.js';
import { parseProbeRequest } from './probe-request.js';
import { showTranscript } from './show-transcript.js';
import { terminalColumns } from './terminal-style.js';
import { watched } from './watched.js';
import { type EventLines, eventLines, proveOutputs, writeOutputs } from './write-outputs.js';

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
  const events = await eventLines(outputs, context.writeOut);
  const { result, exit, notes } = await runAndKeep(request, flags, context, events);
  const formatExit = await writeOutputs(
    outputs,
    { kind: 'probes', results: [result] },
    context.writeOut,
    events,
  );
  for (const note of notes) context.writeNote(note);
  return { result, exit: formatExit ?? exit };
}

/** Runs a probe whose events are kept on disk before anything else happens in the world. */
async function runAndKeep(
  request: ProbeRequest,
  flags: ProbeCommandFlags,
  context: CommandContext,
  events: EventLines | null,
): Promise<KeptOutcome> {
  const { version } = context;
  const resolver = flags.resolver ?? null;
  const ports = realPorts(resolver, flags.verbose ? showTranscript : undefined);
  const stateDir = flags['state-dir'] ?? null;
  const noWait = flags['no-wait'];
  const nowWallMs = systemClock.read().wallMs;
  const kept = beginKeptRun(systemRunsFolder(stateDir), {
    version,
    nowWallMs,
    random: systemRandom,
  });
  const shown = !context.json && !flags.verbose && events?.shown !== true;
  const driven = await watched(shown, (signal, watcher) =>
    startKept(kept, request, ports, {
      ...watcher,
      version,
      noWait,
      signal,
      onEvent: (event, state) => {
        events?.add(kept.run, event);
        watcher.onEvent(event, state);
      },
    }),
  );
  const columns = terminalColumns(process.stderr);
  return keptOutcome(driven, { columns, nowWallMs: Date.now(), stateDir, resolver, noWait });
}
