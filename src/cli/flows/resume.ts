import { findRun } from '../../edges/journal/find.js';
import { systemRunsFolder } from '../../edges/journal/state-folder.js';
import { realPorts } from '../../edges/real-ports.js';
import { renderText } from '../../report/text/text.js';
import { resumeKept } from '../../tasks/runs/resume-kept.js';
import { showTranscript } from '../terminal/show-transcript.js';
import { terminalColumns, terminalStyle } from '../terminal/terminal-style.js';
import { watched } from '../terminal/watched.js';
import { type KeptOutcome, keptOutcome } from './kept-outcome.js';

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
