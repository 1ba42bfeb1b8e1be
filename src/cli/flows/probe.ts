import type { HostsResult } from '../../contract/hosts-result.js';
import type { ProbeResult } from '../../contract/probe-result.js';
import type { ProbeRequest } from '../../core/run/request.js';
import { systemRunsFolder } from '../../edges/journal/state-folder.js';
import { realPorts } from '../../edges/real-ports.js';
import { systemClock } from '../../edges/system/clock.js';
import { systemRandom } from '../../edges/system/random.js';
import type { ExitCode } from '../../model/exit-codes.js';
import { startKept } from '../../tasks/runs/drive-kept.js';
import { beginKeptRun } from '../../tasks/runs/kept-run.js';
import { parseProbeRequest } from '../../tasks/settings/to-request.js';
import { parseOutputs } from '../flags/output-flags.js';
import { completeRequest } from '../terminal/ask.js';
import { showTranscript } from '../terminal/show-transcript.js';
import { terminalColumns } from '../terminal/terminal-style.js';
import { watched } from '../terminal/watched.js';
import {
  type EventLines,
  eventLines,
  proveOutputs,
  writeOutputs,
} from '../terminal/write-outputs.js';
import type { CommandContext, ProbeCommandFlags } from './command-context.js';
import { type KeptOutcome, keptOutcome } from './kept-outcome.js';

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
    const { probeAllFromCommandLine } = await import('./probe-all-hosts.js');
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
