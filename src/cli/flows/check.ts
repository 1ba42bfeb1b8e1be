import type { CheckResult } from '../../contract/check-result.js';
import { systemRunsFolder } from '../../edges/journal/state-folder.js';
import { realPorts } from '../../edges/real-ports.js';
import { EXIT, type ExitCode } from '../../model/exit-codes.js';
import { runCheck } from '../../tasks/check/run-check.js';
import { checkTargets } from '../../tasks/check/targets.js';
import type { CheckFlagValues } from '../../tasks/settings/check-settings.js';
import { type OutputFlagValues, parseOutputs } from '../flags/output-flags.js';
import { createCheckProgress } from '../terminal/check-progress.js';
import { withInterruption } from '../terminal/interruption.js';
import {
  eventLines,
  proveOutputs,
  type WriteOut,
  writeOutputs,
} from '../terminal/write-outputs.js';

export interface CheckCommandFlags extends CheckFlagValues, OutputFlagValues {
  readonly 'no-wait': boolean;
  readonly 'state-dir'?: string | undefined;
}

export interface CheckCommandContext {
  readonly json: boolean;
  readonly version: string;
  readonly writeOut: WriteOut;
}

/** `greyprobe check`: everything is checked first, then the targets are probed, judged and reported. */
export async function checkFromCommandLine(
  recipients: readonly string[],
  flags: CheckCommandFlags,
  { json, version, writeOut }: CheckCommandContext,
): Promise<{ readonly result: CheckResult; readonly exit: ExitCode }> {
  const outputs = parseOutputs(flags, json);
  const targets = checkTargets({ recipients, flags, environment: process.env });
  await proveOutputs(outputs);
  const events = await eventLines(outputs, writeOut);
  const progress = await createCheckProgress(!json && events?.shown !== true, targets.length);
  const { value: result } = await withInterruption((signal) =>
    runCheck(targets, {
      version,
      runsFolder: systemRunsFolder(flags['state-dir'] ?? null),
      portsFor: (resolver) => realPorts(resolver),
      noWait: flags['no-wait'],
      signal,
      onEvent: (run, event) => {
        events?.add(run, event);
        progress?.onEvent(run, event);
      },
    }),
  ).finally(() => progress?.stop());
  const own = await writeOutputs(outputs, { kind: 'check', result }, writeOut, events);
  return { result, exit: own ?? exitCodeOfCheck(result) };
}

/**
 * 1 where an expectation failed. Else 130 or 75 where a run was interrupted, or waits or is driven by
 * another process, so that the same command goes on with it; 3 where something was not judged; 0 where
 * all held.
 */
export function exitCodeOfCheck({ outcome, targets }: CheckResult): ExitCode {
  if (outcome === 'failed') return EXIT.checkFailed;
  const paused = targets.flatMap(({ result }) => (result.state === 'paused' ? result.reason : []));
  if (paused.includes('interrupted')) return EXIT.interrupted;
  const running = targets.some(({ result }) => result.state === 'running');
  if (running || paused.includes('not-yet')) return EXIT.notYet;
  return outcome === 'passed' ? EXIT.ok : EXIT.inconclusive;
}
