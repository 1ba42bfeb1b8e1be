import type { ExitCode } from '../../exit-codes.js';
import type { CheckResult } from '../../result/check-result.js';
import type { ProbeResult } from '../../result/probe-result.js';
import type { Style } from '../style.js';

/** What a reporter is given: the results of probes, or of a check. */
export type Report =
  | { readonly kind: 'probes'; readonly results: readonly ProbeResult[] }
  | { readonly kind: 'check'; readonly result: CheckResult };

/** One output format. Pure: a report in, text out, ending in a line end. */
export interface Reporter {
  /** `style` is for formats that people read on a terminal; the others leave it alone. */
  readonly render: (report: Report, style: Style) => string;
  /** Set where the readers of a format have exit codes of their own. */
  readonly exitCode?: (report: Report) => ExitCode;
}

/** The runs behind a report. */
export function resultsOf(report: Report): readonly ProbeResult[] {
  return report.kind === 'probes'
    ? report.results
    : report.result.targets.map(({ result }) => result);
}
