import { buildHostsResult } from '../../contract/build-hosts-result.js';
import { exitCodeOf } from '../../contract/exit-code.js';
import type { HostsResult } from '../../contract/hosts-result.js';
import { createSharedDialer } from '../../core/manners/polite-dialer.js';
import { type AllHosts, probeAllHosts, type StartOne } from '../../core/run/all-hosts.js';
import type { ProbeRequest } from '../../core/run/request.js';
import { systemRunsFolder } from '../../edges/journal/state-folder.js';
import { realPorts } from '../../edges/real-ports.js';
import { systemClock } from '../../edges/system/clock.js';
import { systemRandom } from '../../edges/system/random.js';
import type { GreyprobeError } from '../../model/errors.js';
import type { ExitCode } from '../../model/exit-codes.js';
import { EXIT } from '../../model/exit-codes.js';
import { startKept } from '../../tasks/runs/drive-kept.js';
import { beginKeptRun } from '../../tasks/runs/kept-run.js';
import type { Output } from '../flags/output-flags.js';
import { showTranscript } from '../terminal/show-transcript.js';
import { terminalColumns } from '../terminal/terminal-style.js';
import { watched } from '../terminal/watched.js';
import { type EventLines, eventLines, writeOutputs } from '../terminal/write-outputs.js';
import type { CommandContext, ProbeCommandFlags } from './command-context.js';
import { notesOfSeveral } from './kept-outcome.js';

/** `greyprobe probe --all-hosts`: every mail host of the domain, then whether they share state. */
export async function probeAllFromCommandLine(
  request: ProbeRequest,
  flags: ProbeCommandFlags,
  outputs: readonly Output[],
  context: CommandContext,
): Promise<{ readonly result: HostsResult; readonly exit: ExitCode }> {
  const events = await eventLines(outputs, context.writeOut);
  const { measured, failures } = await measure(request, flags, context, events);
  if (measured.kind !== 'hosts') throw measured.located.error;
  const built = buildHostsResult(request, measured, context.version);
  const lost = failures.map(({ code, message }) => ({ code, message }));
  const result = { ...built, warnings: [...built.warnings, ...lost] };
  const report = { kind: 'hosts', result } as const;
  const formatExit = await writeOutputs(outputs, report, context.writeOut, events);
  const notes = notesOfSeveral(result.hosts, failures, {
    columns: terminalColumns(process.stderr),
    nowWallMs: systemClock.read().wallMs,
    stateDir: flags['state-dir'] ?? null,
    resolver: flags.resolver ?? null,
    noWait: false,
  });
  for (const note of notes) context.writeNote(note);
  return { result, exit: failures[0]?.exit ?? formatExit ?? exitOf(result) };
}

interface Measured {
  readonly measured: AllHosts;
  /** Why runs could no longer be kept, and so were stopped. */
  readonly failures: readonly GreyprobeError[];
}

/** All hosts at the same time, each kept as a run of its own. One that fails leaves the others be. */
async function measure(
  request: ProbeRequest,
  flags: ProbeCommandFlags,
  context: CommandContext,
  events: EventLines | null,
): Promise<Measured> {
  const real = realPorts(flags.resolver ?? null, flags.verbose ? showTranscript : undefined);
  const pauseSeconds = request.manners.secondsBetweenConnections;
  // Two names can be one address: manners hold for that, whichever run connects.
  const ports = { ...real, dialer: createSharedDialer(real.dialer, real.clock, pauseSeconds) };
  const folder = systemRunsFolder(flags['state-dir'] ?? null);
  const { version } = context;
  const failures: GreyprobeError[] = [];
  const shown = !context.json && !flags.verbose && events?.shown !== true;
  const measured = await watched(shown, (signal, watcher) =>
    probeAllHosts(
      request,
      ports,
      endingAllWithOne(signal, async (one, hostPorts, either) => {
        const nowWallMs = systemClock.read().wallMs;
        const kept = beginKeptRun(folder, { version, nowWallMs, random: systemRandom });
        const driven = await startKept(kept, one, hostPorts, {
          ...watcher,
          version,
          signal: either,
          onEvent: (event, state) => {
            events?.add(kept.run, event);
            watcher.onEvent(event, state);
          },
        });
        if (driven.failure !== null) failures.push(driven.failure);
        return driven.state;
      }),
      signal,
    ),
  );
  return { measured, failures };
}

/** Where a run cannot even begin nobody would see the others end: they pause. */
function endingAllWithOne(
  signal: AbortSignal,
  start: (...args: [...Parameters<StartOne>, AbortSignal]) => ReturnType<StartOne>,
): StartOne {
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  return (request, ports) =>
    start(request, ports, either).catch((error: unknown) => {
      stop.abort();
      throw error;
    });
}

/** Ok when every host that answered was judged; else what the first other one stands for. */
function exitOf(result: HostsResult): ExitCode {
  const codes = result.hosts.map(exitCodeOf);
  const reached = codes.filter((code) => code !== EXIT.unreachable);
  if (reached.length === 0) return EXIT.unreachable;
  return reached.find((code) => code !== EXIT.ok) ?? EXIT.ok;
}
