import type { HostsResult } from '../../contract/hosts-result.js';
import type { ProbeResult } from '../../contract/probe-result.js';
import type { Report } from '../../contract/report.js';
import type { ExitCode } from '../../model/exit-codes.js';
import { keptAgain } from '../../tasks/runs/again.js';
import { settingsFromFlags } from '../../tasks/settings/read-settings.js';
import { toRequest } from '../../tasks/settings/to-request.js';
import { depthOf, parseOutputs } from '../flags/output-flags.js';
import type { ProbeFlags } from '../flags/probe-flags.js';
import { completeRequest } from '../terminal/ask.js';
import { showPage, withPage } from '../terminal/show-page.js';
import { showTranscript, watched } from '../terminal/watched.js';
import { eventLines, proveOutputs, writeOutputs } from '../terminal/write-outputs.js';
import { notesOf, notesOfSeveral } from './how-to-go-on.js';

export interface ProbeCommandOutcome {
  readonly result: ProbeResult | HostsResult;
  readonly exit: ExitCode;
}

/** `greyprobe probe`: asks for what is missing, checks everything, runs, and writes the outputs. */
export async function probeFromCommandLine(
  recipient: string | undefined,
  flags: ProbeFlags,
  context: CommandContext,
): Promise<ProbeCommandOutcome> {
  const { json, version, writeOut, writeNote } = context;
  const outputs = await withPage(parseOutputs(flags, json), flags.open);
  const given = await completeRequest(recipient, settingsFromFlags(flags), context);
  const { resolver = null, allHosts = false } = given.settings;
  const request = toRequest(given.recipient, given.settings);
  await proveOutputs(outputs);
  const events = await eventLines(outputs, writeOut);
  const driving = {
    resolver,
    stateDir: flags['state-dir'] ?? null,
    noWait: flags['no-wait'],
  };
  const watching = { quiet: json || flags.verbose || flags.quiet, events };
  const view = { depth: depthOf(flags), again: keptAgain(driving.stateDir) };
  const transcript = flags.verbose ? showTranscript : undefined;
  const settings = { ...driving, version, transcript };
  if (allHosts) {
    const { exitCodeOfHosts } = await import('../../contract/exit-code.js');
    const { runAllHosts } = await import('../../tasks/probe/run-all-hosts.js');
    const { result, failures } = await watched(watching, (watcher) =>
      runAllHosts(request, { ...settings, ...watcher }),
    );
    const formatExit = await write({ kind: 'hosts', result });
    await showPage(outputs, flags.open);
    for (const note of notesOfSeveral(result.hosts, failures, driving)) writeNote(note);
    return { result, exit: failures[0]?.exit ?? formatExit ?? exitCodeOfHosts(result) };
  }
  const { runProbe } = await import('../../tasks/probe/run-probe.js');
  const outcome = await watched(watching, (watcher) =>
    runProbe(request, { ...settings, ...watcher }),
  );
  const { result, exit } = outcome;
  const notes = notesOf(outcome, driving);
  const formatExit = await write({ kind: 'probes', results: [result] });
  await showPage(outputs, flags.open);
  for (const note of notes) writeNote(note);
  return { result, exit: formatExit ?? exit };

  function write(report: Report): Promise<ExitCode | null> {
    return writeOutputs(outputs, report, writeOut, { events, view });
  }
}

/** What a command knows of how it was called, and where its words go. */
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
