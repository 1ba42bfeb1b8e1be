import type { ProbeResult } from '../../contract/probe-result.js';
import type { GreyprobeError } from '../../model/errors.js';
import { formatDuration } from '../../model/values/duration.js';
import { wrapText } from '../../report/text/wrap.js';
import type { ProbeOutcome } from '../../tasks/probe/run-probe.js';
import { folderWords, shortNameIn } from '../../tasks/runs/again.js';
import { terminalColumns } from '../terminal/terminal-style.js';

/** How runs were driven until now, to be given again where the run does not remember it. */
export interface Driving {
  readonly stateDir: string | null;
  readonly resolver: string | null;
  readonly noWait: boolean;
}

/** The line width for what is not there to be copied, and the time. */
export interface Reader {
  readonly columns: number;
  readonly nowWallMs: number;
}

const onStderr = (): Reader => ({
  columns: terminalColumns(process.stderr),
  nowWallMs: Date.now(),
});

/** Lines for stderr: how to go on with a run. Empty for one that has finished. */
export function notesOf(
  { result, failure }: Pick<ProbeOutcome, 'result' | 'failure'>,
  driving: Driving,
  { columns, nowWallMs }: Reader = onStderr(),
): readonly string[] {
  const command = `  ${resumeCommand(result.run, driving)}`;
  if (failure !== null) {
    const says = [`Error: ${failure.message}`, ...failure.suggestions.map((one) => `  ${one}`)];
    return failure.code === 'journal-write-failed' ? [...says, command] : says;
  }
  if (result.state !== 'paused') return [];
  if (result.nextDueAt === null) return ['The run is kept. Go on with:', command];
  const seconds = Math.ceil((Date.parse(result.nextDueAt) - nowWallMs) / 1000);
  const when = seconds <= 0 ? 'now' : `in ${formatDuration(seconds)}, at ${result.nextDueAt}`;
  const says = `The run is kept. Its next connection is due ${when}. Go on with:`;
  return [...wrapText(says, columns), command];
}

const EACH_IS_KEPT = 'Each host has a run of its own, which is kept. Go on with:';

/** What to say of several runs that were driven side by side: how to go on with each that paused. */
export function notesOfSeveral(
  results: readonly ProbeResult[],
  failures: readonly GreyprobeError[],
  driving: Driving,
  { columns }: Reader = onStderr(),
): readonly string[] {
  const open = results.filter(({ state }) => state !== 'finished');
  return [
    ...failures.map(({ message }) => `Error: ${message}`),
    ...(open.length === 0 ? [] : wrapText(EACH_IS_KEPT, columns)),
    ...open.map(({ run }) => `  ${resumeCommand(run, driving)}`),
  ];
}

/** The command that resumes a run as it was driven until now. */
function resumeCommand(run: string, { stateDir, noWait }: Driving): string {
  const words = ['greyprobe', 'resume', shortNameIn(stateDir, run)];
  if (noWait) words.push('--no-wait');
  words.push(...folderWords(stateDir));
  return words.join(' ');
}
