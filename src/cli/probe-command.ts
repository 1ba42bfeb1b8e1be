import type { ExitCode } from '../exit-codes.js';
import { newRunId } from '../journal/run-id.js';
import type { Transcript } from '../ports/dialer.js';
import { renderText } from '../report/text.js';
import { exitCodeOf } from '../result/exit-code.js';
import type { ProbeResult } from '../result/probe-result.js';
import { systemClock } from '../system/clock.js';
import { systemRandom } from '../system/random.js';
import { escapeControl } from '../values/escape.js';
import { askForMissing, canAsk, commandFor } from './ask.js';
import { withInterruption } from './interruption.js';
import { realPorts } from './probe-ports.js';
import { type ProbeFlagValues, parseProbeRequest } from './probe-request.js';
import { runProbe } from './run-probe.js';
import { terminalStyle } from './terminal-style.js';

export interface ProbeCommandFlags extends ProbeFlagValues {
  readonly resolver?: string | undefined;
  readonly verbose: boolean;
}

export interface ProbeCommandOutcome {
  readonly result: ProbeResult;
  readonly text: () => string;
  readonly exit: ExitCode;
}

/** `greyprobe probe`: asks for what is missing, runs, and gives what to print. */
export async function probeFromCommandLine(
  recipient: string | undefined,
  flags: ProbeCommandFlags,
  context: { readonly json: boolean; readonly version: string },
): Promise<ProbeCommandOutcome> {
  const complete = await completed(recipient, flags, context.json);
  const request = parseProbeRequest(complete.recipient, complete.flags);
  const ports = realPorts(flags.resolver ?? null, flags.verbose ? showLine : undefined);
  const run = newRunId(systemClock.read().wallMs, systemRandom);
  const { value: result } = await withInterruption((signal) =>
    runProbe(request, ports, {
      run,
      version: context.version,
      progress: !context.json && !flags.verbose,
      signal,
    }),
  );
  return {
    result,
    text: () => renderText(result, terminalStyle),
    exit: exitCodeOf(result),
  };
}

async function completed(
  recipient: string | undefined,
  flags: ProbeCommandFlags,
  json: boolean,
): Promise<{ recipient: string | undefined; flags: ProbeCommandFlags }> {
  if ((recipient !== undefined && flags.from !== undefined) || !canAsk(json)) {
    return { recipient, flags };
  }
  const answers = await askForMissing({
    recipient,
    from: flags.from,
    helo: flags.helo,
    retryAt: flags['retry-at'],
  });
  process.stderr.write(`\nThe same without questions:\n  ${commandFor(answers)}\n\n`);
  return {
    recipient: answers.recipient,
    flags: { ...flags, from: answers.from, helo: answers.helo, 'retry-at': answers.retryAt },
  };
}

const MARKS = { sent: '>', received: '<', note: '*' } as const;

const showLine: Transcript = ({ direction, text }) => {
  process.stderr.write(`${MARKS[direction]} ${escapeControl(text)}\n`);
};
