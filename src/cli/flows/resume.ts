import type { ProbeOutcome } from '../../tasks/probe/run-probe.js';
import { resumeNamed } from '../../tasks/runs/resume-kept.js';
import { showTranscript, watched } from '../terminal/watched.js';
import { type Driving, notesOf } from './how-to-go-on.js';

/** `greyprobe resume`: finds the run, goes on with it, and says how to go on. */
export async function resumeFromCommandLine(
  wanted: string,
  { verbose, quiet, ...driving }: Driving & { readonly verbose: boolean; readonly quiet: boolean },
  json: boolean,
): Promise<ProbeOutcome & { readonly notes: readonly string[] }> {
  const transcript = verbose ? showTranscript : undefined;
  const outcome = await watched({ quiet: json || verbose || quiet }, (watcher) =>
    resumeNamed(wanted, { ...driving, ...watcher, transcript }),
  );
  return { ...outcome, notes: notesOf(outcome, driving) };
}
