import { decidingHosts } from '../../contract/deciding-hosts.js';
import type { ObserveResult, SentHost } from '../../contract/observe-result.js';
import type { ProbeResult } from '../../contract/probe-result.js';
import { usageError } from '../../model/errors.js';
import { escapeControl } from '../../model/values/escape.js';
import { runProbe } from '../../tasks/probe/run-probe.js';
import { settingsFromFlags } from '../../tasks/settings/read-settings.js';
import { toRequest } from '../../tasks/settings/to-request.js';
import { inCharset } from '../terminal/charset.js';
import { writeNote } from '../terminal/output-streams.js';
import { watched } from '../terminal/watched.js';
import type { WriteOut } from '../terminal/write-outputs.js';

/** A probe speaks to hosts of others: a person has to say yes. Throws `cannot-ask`. */
export function refuseWithoutPerson(json: boolean): void {
  const { env, stdin, stderr } = process;
  if (!json && stdin.isTTY === true && stderr.isTTY === true && !env['CI']) return;
  throw usageError(
    'cannot-ask',
    '--probe asks before it connects to anybody, and here is nobody to ask.',
    'Without it, the report names the same probes as commands: run those that you want.',
  );
}

/** Asks, then probes the hosts that a log leaves open, side by side, each in a kept run of its own. */
export async function probeDeciding(
  { sent }: ObserveResult,
  most: number,
  { version, writeOut }: { readonly version: string; readonly writeOut: WriteOut },
): Promise<void> {
  const targets = decidingHosts(sent?.hosts ?? [], most).flatMap(({ probe }) => probe ?? []);
  if (targets.length === 0) {
    writeNote('There is nothing to probe: the log leaves no host open.');
    return;
  }
  if (!(await saysYes(targets))) return;
  const results = await watched({ quiet: false }, (watcher) =>
    Promise.all(
      targets.map(async ({ recipient, host, from }) => {
        const settings = settingsFromFlags({ from, ...(host === null ? {} : { host }) });
        const request = toRequest(recipient, settings);
        const driving = {
          resolver: process.env['GREYPROBE_RESOLVER'] ?? null,
          stateDir: null,
          noWait: false,
          version,
        };
        return (await runProbe(request, { ...driving, ...watcher })).result;
      }),
    ),
  );
  writeOut(inCharset(results.map(measuredLine).join('')));
}

type Target = NonNullable<SentHost['probe']>;

async function saysYes(targets: readonly Target[]): Promise<boolean> {
  const { default: inquirer } = await import('inquirer');
  for (const { recipient, host, from } of targets) {
    writeNote(escapeControl(`  ${host ?? recipient}: as ${from} to ${recipient}`));
  }
  const ask = inquirer.createPromptModule({ output: process.stderr });
  const message = `Probe ${targets.length === 1 ? 'this host' : `these ${targets.length} hosts`}? No message is sent.`;
  try {
    const { yes } = await ask([{ type: 'confirm', name: 'yes', message, default: false }]);
    return yes === true;
  } catch (error) {
    // inquirer throws this when its question is left with Ctrl-C or Ctrl-D.
    if (error instanceof Error && error.name === 'ExitPromptError') return false;
    throw error;
  }
}

function measuredLine({ verdict, run }: ProbeResult): string {
  return `${escapeControl(`${verdict.summary} greyprobe report ${run}`)}\n`;
}
