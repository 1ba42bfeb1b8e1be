import { buildResult } from '../../contract/build-result.js';
import { exitCodeOf } from '../../contract/exit-code.js';
import type { ProbeResult } from '../../contract/probe-result.js';
import type { GreyprobeError } from '../../model/errors.js';
import type { ExitCode } from '../../model/exit-codes.js';
import { formatDuration } from '../../model/values/duration.js';
import { shellWord } from '../../model/values/shell-word.js';
import { wrapText } from '../../report/text/wrap.js';
import type { Driven } from '../../tasks/runs/drive-kept.js';

/** What a command makes of a run that is kept. */
export interface KeptOutcome {
  readonly result: ProbeResult;
  readonly exit: ExitCode;
  /** Lines for stderr: how to go on. Empty for a run that has finished. */
  readonly notes: readonly string[];
}

export interface KeptOutcomeOptions {
  /** Of the lines that are not there to be copied. */
  readonly columns: number;
  readonly nowWallMs: number;
  /** As given with `--state-dir`, to be given again. */
  readonly stateDir: string | null;
  /** As given with `--resolver`: another one may know other hosts. */
  readonly resolver: string | null;
  readonly noWait: boolean;
}

/** The result, exit code and next step of a run. One that could not be kept says so as a warning. */
export function keptOutcome(driven: Driven, options: KeptOutcomeOptions): KeptOutcome {
  const { state, version, failure } = driven;
  const result = buildResult(state, version);
  if (failure === null) {
    return { result, exit: exitCodeOf(result), notes: notesOf(result, options) };
  }
  const warnings = [...result.warnings, { code: failure.code, message: failure.message }];
  return {
    result: { ...result, warnings },
    exit: failure.exit,
    notes: failureNotes(failure, state.run, options),
  };
}

const EACH_IS_KEPT = 'Each host has a run of its own, which is kept. Go on with:';

/** What to say of several runs that were driven side by side: how to go on with each that paused. */
export function notesOfSeveral(
  results: readonly ProbeResult[],
  failures: readonly GreyprobeError[],
  options: KeptOutcomeOptions,
): readonly string[] {
  const open = results.filter(({ state }) => state !== 'finished');
  return [
    ...failures.map(({ message }) => `Error: ${message}`),
    ...(open.length === 0 ? [] : wrapText(EACH_IS_KEPT, options.columns)),
    ...open.map(({ run }) => `  ${resumeCommand(run, options)}`),
  ];
}

function notesOf(result: ProbeResult, options: KeptOutcomeOptions): readonly string[] {
  if (result.state !== 'paused') return [];
  const command = `  ${resumeCommand(result.run, options)}`;
  if (result.nextDueAt === null) return ['The run is kept. Go on with:', command];
  const seconds = Math.ceil((Date.parse(result.nextDueAt) - options.nowWallMs) / 1000);
  const when = seconds <= 0 ? 'now' : `in ${formatDuration(seconds)}, at ${result.nextDueAt}`;
  const says = `The run is kept. Its next connection is due ${when}. Go on with:`;
  return [...wrapText(says, options.columns), command];
}

function failureNotes(
  failure: GreyprobeError,
  run: string,
  options: KeptOutcomeOptions,
): readonly string[] {
  const says = [`Error: ${failure.message}`, ...failure.suggestions.map((one) => `  ${one}`)];
  const isOurs = failure.code === 'journal-write-failed';
  return isOurs ? [...says, `  ${resumeCommand(run, options)}`] : says;
}

/** The command that resumes a run as it was driven until now. */
function resumeCommand(run: string, { stateDir, resolver, noWait }: KeptOutcomeOptions): string {
  const words = ['greyprobe', 'resume', shellWord(run)];
  if (noWait) words.push('--no-wait');
  if (resolver !== null) words.push('--resolver', shellWord(resolver));
  if (stateDir !== null) words.push('--state-dir', shellWord(stateDir));
  return words.join(' ');
}
