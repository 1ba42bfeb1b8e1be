import type { CheckOutcome, CheckResult } from '../../contract/check-result.js';
import type { HostsResult } from '../../contract/hosts-result.js';
import type { ProbeResult } from '../../contract/probe-result.js';
import { type Report, resultsOf } from '../../contract/report.js';
import { GreyprobeError } from '../../model/errors.js';
import type { ExitCode } from '../../model/exit-codes.js';
import { EXIT } from '../../model/exit-codes.js';
import { formatDuration, parseDuration } from '../../model/values/duration.js';
import { ofFlag } from '../../model/values/flag-value.js';
import { readReportSource } from '../../tasks/read-source.js';
import { sourceAgain } from '../../tasks/runs/again.js';
import { depthOf, type OutputFlagValues, parseOutputs } from '../flags/output-flags.js';
import { showPage, withPage } from '../terminal/show-page.js';
import { writeOutputs } from '../terminal/write-outputs.js';
import type { CommandContext } from './probe.js';

export interface ReportCommandFlags extends OutputFlagValues {
  readonly details: boolean;
  readonly quiet: boolean;
  readonly only?: readonly CheckOutcome[] | undefined;
  readonly 'max-age'?: string | undefined;
  readonly 'state-dir'?: string | undefined;
}

export type ReportJson = CheckResult | HostsResult | ProbeResult | readonly ProbeResult[];

/** `greyprobe report`: renders what was measured before, without any connection. */
export async function reportFromCommandLine(
  source: string,
  flags: ReportCommandFlags,
  context: Pick<CommandContext, 'json' | 'writeOut'>,
): Promise<{ readonly value: ReportJson; readonly exit: ExitCode }> {
  const outputs = await withPage(parseOutputs(flags, context.json), flags.open === true);
  const limit = flags['max-age'];
  const maxAge = limit === undefined ? null : ofFlag('--max-age', () => parseDuration(limit));
  const stateDir = flags['state-dir'] ?? null;
  const report = await readReportSource(source, stateDir);
  if (maxAge !== null) refuseOlder(report, maxAge);
  const exit = await writeOutputs(outputs, report, context.writeOut, {
    view: { depth: depthOf(flags), again: sourceAgain(source, stateDir), only: flags.only ?? [] },
  });
  await showPage(outputs, flags.open === true);
  return { value: valueOfReport(report), exit: exit ?? EXIT.ok };
}

/** What was measured long ago says nothing of today: monitoring must not take it for good news. */
function refuseOlder(report: Report, maxAgeSeconds: number): void {
  const ends =
    report.kind === 'check'
      ? [report.result.finishedAt]
      : resultsOf(report).map(({ finishedAt, startedAt }) => finishedAt ?? startedAt);
  const oldest = Math.min(...ends.map((end) => Date.parse(end)));
  const ageSeconds = (Date.now() - oldest) / 1000;
  if (ageSeconds <= maxAgeSeconds) return;
  throw new GreyprobeError(
    'too-old',
    Number.isFinite(ageSeconds)
      ? `The result is ${formatDuration(ageSeconds)} old, and --max-age allows ${formatDuration(maxAgeSeconds)}.`
      : 'The result does not say when it was made.',
    { exit: EXIT.inconclusive, suggestions: ['See whether the check still runs.'] },
  );
}

function valueOfReport(report: Report): ReportJson {
  if (report.kind !== 'probes') return report.result;
  const [only] = report.results;
  return report.results.length === 1 && only !== undefined ? only : report.results;
}
