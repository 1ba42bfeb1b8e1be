import { findRun } from '../journal/find.js';
import { systemRunsFolder } from '../journal/state-folder.js';
import { renderText } from '../report/text.js';
import { resumeKept } from '../runs/resume-kept.js';
import { realPorts } from '../world/real-ports.js';
import { type KeptOutcome, keptOutcome } from './kept-outcome.js';
import { showTranscript } from './show-transcript.js';
import { terminalColumns, terminalStyle } from './terminal-style.js';
import { watched } from './watched.js';

export interface ResumeCommandFlags {
  readonly noWait: boolean;
  readonly resolver: string | null;
  readonly stateDir: string | null;
  readonly verbose: boolean;
}

export interface ResumeCommandOutcome extends KeptOutcome {
  readonly text: () => string;
}

/** `greyprobe resume`: finds the run, goes on with it, and gives what to print. */
export async function resumeFromCommandLine(
  wanted: string,
  flags: ResumeCommandFlags,
  json: boolean,
): Promise<ResumeCommandOutcome> {
  const { noWait, stateDir, resolver } = flags;
  const stored = findRun(systemRunsFolder(stateDir), wanted);
  const ports = realPorts(resolver, flags.verbose ? showTranscript : undefined);
  const driven = await watched(!json && !flags.verbose, (signal, watcher) =>
    resumeKept(stored, ports, { ...watcher, noWait, signal }),
  );
  const columns = terminalColumns(process.stderr);
  const nowWallMs = Date.now();
  const outcome = keptOutcome(driven, { columns, nowWallMs, stateDir, resolver, noWait });
  return { ...outcome, text: () => renderText(outcome.result, terminalStyle) };
}
