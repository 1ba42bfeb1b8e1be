import type { CheckResult } from '../../contract/check-result.js';
import { exitCodeOfCheck } from '../../contract/exit-code.js';
import type { ExitCode } from '../../model/exit-codes.js';
import { checkOverNetwork } from '../../tasks/check/run-check.js';
import { checkTargets } from '../../tasks/check/targets.js';
import { keptAgain } from '../../tasks/runs/again.js';
import { settingsFromFlags } from '../../tasks/settings/read-settings.js';
import type { CheckFlags } from '../flags/check-flags.js';
import { expectFromFlags } from '../flags/expect-from-flags.js';
import { depthOf, parseOutputs } from '../flags/output-flags.js';
import { createCheckProgress } from '../terminal/check-progress.js';
import { withInterruption } from '../terminal/interruption.js';
import { showPage, withPage } from '../terminal/show-page.js';
import { eventLines, proveOutputs, writeOutputs } from '../terminal/write-outputs.js';
import type { CommandContext } from './probe.js';

/** `greyprobe check`: everything is checked first, then the targets are probed, judged and reported. */
export async function checkFromCommandLine(
  recipients: readonly string[],
  flags: CheckFlags,
  { json, version, writeOut }: Pick<CommandContext, 'json' | 'version' | 'writeOut'>,
): Promise<{ readonly result: CheckResult; readonly exit: ExitCode }> {
  const outputs = await withPage(parseOutputs(flags, json), flags.open);
  const targets = checkTargets({
    recipients,
    config: flags.config,
    settings: settingsFromFlags(flags),
    expect: expectFromFlags(flags),
    environment: process.env,
  });
  await proveOutputs(outputs);
  const events = await eventLines(outputs, writeOut);
  const progress = await createCheckProgress(
    !json && !flags.quiet && events?.shown !== true,
    targets.length,
  );
  const { value: result } = await withInterruption((signal) =>
    checkOverNetwork(targets, {
      version,
      stateDir: flags['state-dir'] ?? null,
      noWait: flags['no-wait'],
      signal,
      onEvent: (run, event) => {
        events?.add(run, event);
        progress?.onEvent(run, event);
      },
    }),
  ).finally(() => progress?.stop());
  const view = {
    depth: depthOf(flags),
    again: keptAgain(flags['state-dir'] ?? null),
    only: flags.only ?? [],
  };
  const own = await writeOutputs(outputs, { kind: 'check', result }, writeOut, { events, view });
  await showPage(outputs, flags.open);
  return { result, exit: own ?? exitCodeOfCheck(result) };
}
