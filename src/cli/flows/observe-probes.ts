import type { ObserveResult } from '../../contract/observe-result.js';
import { GreyprobeError, usageError } from '../../model/errors.js';
import { EXIT, type ExitCode } from '../../model/exit-codes.js';
import { escapeControl } from '../../model/values/escape.js';
import { type HostProbe, probeHosts, probesThatDecide } from '../../tasks/observe/probe-hosts.js';
import { folderWords, shortNameIn } from '../../tasks/runs/again.js';
import type { ProbeSettings } from '../../tasks/settings/probe-settings.js';
import { settingsFromEnvironment, settingsFromFlags } from '../../tasks/settings/read-settings.js';
import type { ObserveFlags } from '../flags/observe-flags.js';
import type { Output } from '../flags/output-flags.js';
import { inCharset } from '../terminal/charset.js';
import { createCheckProgress } from '../terminal/check-progress.js';
import { withInterruption } from '../terminal/interruption.js';
import { writeNote } from '../terminal/output-streams.js';
import { terminalStyle } from '../terminal/terminal-style.js';
import { type WriteOut, writeObserved } from '../terminal/write-outputs.js';
import { notesOfSeveral } from './how-to-go-on.js';

/**
 * How to probe what a log will leave open, checked before it is read. A probe speaks to hosts of others: a
 * person has to say yes. Throws `cannot-ask`, and usage errors.
 */
export function probeSettings(flags: ObserveFlags, json: boolean): ProbeSettings {
  refuseWithoutPerson(json);
  // What these say is about the log.
  const given = settingsFromFlags({ ...flags, host: undefined, for: undefined });
  return { ...settingsFromEnvironment(process.env, given), ...given };
}

function refuseWithoutPerson(json: boolean): void {
  const { env, stdin, stderr } = process;
  if (!json && stdin.isTTY === true && stderr.isTTY === true && !env['CI']) return;
  throw usageError(
    'cannot-ask',
    '--probe asks before it connects to anybody, and here is nobody to ask.',
    'Without it, the report names the same probes as commands: run those that you want.',
  );
}

/** What came of the command. */
export interface ObserveOutcome {
  readonly result: ObserveResult;
  readonly exit: ExitCode;
}

/**
 * Asks, then probes the hosts that a log leaves open, and writes what was found: beside what the log tells,
 * and anew to the files. Null: there is none, or the person said no. Throws `interrupted` where the question
 * is left.
 */
export async function probeOpen(
  told: ObserveResult,
  { probe: most = 0, quiet, 'state-dir': folder }: ObserveFlags,
  settings: ProbeSettings,
  {
    version,
    outputs,
    writeOut,
  }: {
    readonly version: string;
    readonly outputs: readonly Output[];
    readonly writeOut: WriteOut;
  },
): Promise<ObserveOutcome | null> {
  const stateDir = folder ?? null;
  const probes = probesThatDecide(told, most, settings);
  if (probes.length === 0) {
    writeNote('There is nothing to probe: the log leaves no host open.');
    return null;
  }
  if (!(await saysYes(probes))) return null;
  const progress = await createCheckProgress(!quiet, probes.length);
  const driving = { resolver: settings.resolver ?? null, stateDir, noWait: false };
  const { value } = await withInterruption((signal) =>
    probeHosts(told, probes, {
      ...driving,
      version,
      signal,
      onEvent: (event, { run }) => progress?.onEvent(run, event),
    }),
  ).finally(() => progress?.stop());
  const { results, failures, told: result } = value;
  await writeObserved(
    outputs.filter(({ file }) => file !== null),
    result,
    writeOut,
  );
  await tellProbed(result, { stateDir, outputs, writeOut });
  for (const note of notesOfSeveral(results, failures, driving)) writeNote(note);
  const isOpen = results.some(({ state }) => state !== 'finished');
  return { result, exit: failures[0]?.exit ?? (isOpen ? EXIT.interrupted : EXIT.ok) };
}

/** Below the report, where that is a text; else a script may read standard output. */
async function tellProbed(
  result: ObserveResult,
  {
    stateDir,
    outputs,
    writeOut,
  }: {
    readonly stateDir: string | null;
    readonly outputs: readonly Output[];
    readonly writeOut: WriteOut;
  },
): Promise<void> {
  const { renderProbed } = await import('../../report/text/observe-probed-text.js');
  const shown = (run: string) =>
    ['greyprobe report', shortNameIn(stateDir, run), ...folderWords(stateDir)].join(' ');
  const isText = outputs.some(({ format, file }) => format === 'text' && file === null);
  if (isText) writeOut(inCharset(`\n${renderProbed(result, shown, terminalStyle)}`));
  else writeNote(renderProbed(result, shown).trimEnd());
}

async function saysYes(probes: readonly HostProbe[]): Promise<boolean> {
  const { default: inquirer } = await import('inquirer');
  for (const { target } of probes) {
    const { recipient, host, from } = target;
    writeNote(escapeControl(`  ${host ?? recipient}: as ${from} to ${recipient}`));
  }
  const ask = inquirer.createPromptModule({ output: process.stderr });
  const message = `Probe ${probes.length === 1 ? 'this host' : `these ${probes.length} hosts`}? No message is sent.`;
  try {
    const { yes } = await ask([{ type: 'confirm', name: 'yes', message, default: false }]);
    return yes === true;
  } catch (error) {
    // inquirer throws this when its question is left with Ctrl-C or Ctrl-D.
    if (!(error instanceof Error) || error.name !== 'ExitPromptError') throw error;
    throw new GreyprobeError('interrupted', 'Interrupted: nobody was probed, nothing was sent.', {
      exit: EXIT.interrupted,
    });
  }
}
