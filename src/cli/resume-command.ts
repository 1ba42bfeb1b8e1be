import { findRun } from '../journal/find.js';
import { systemRunsFolder } from '../journal/state-folder.js';
import { renderText } from '../report/text.js';
import { resumeKept } from '../runs/resume-kept.js';
import { withInterruption } from './interruption.js';
import { type KeptOutcome, keptOutcome } from './kept-outcome.js';
import { realPorts } from './probe-ports.js';
import { createProgress } from './progress.js';
import { showTranscript } from './show-transcript.js';
import { terminalStyle } from './terminal-style.js';

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
  const progress = await createProgress(!json && !flags.verbose);
  try {
    const { value: driven } = await withInterruption((signal) =>
      resumeKept(stored, ports, {
        noWait,
        signal,
        onEvent: (event, state) => progress.onEvent(event, state),
        onWait: (planned, due, state) => progress.onWait(planned, due, state),
      }),
    );
    const outcome = keptOutcome(driven, { nowWallMs: Date.now(), stateDir, resolver, noWait });
    return { ...outcome, text: () => renderText(outcome.result, terminalStyle) };
  } finally {
    progress.stop();
  }
}
