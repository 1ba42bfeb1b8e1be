import type { CheckResult } from '../../contract/check-result.js';
import type { HostsResult } from '../../contract/hosts-result.js';
import type { ProbeResult } from '../../contract/probe-result.js';
import type { ExitCode } from '../../model/exit-codes.js';
import type { Style } from '../text/style.js';

/** What a reporter is given: the results of probes, of all mail hosts of a domain, or of a check. */
export type Report =
  | { readonly kind: 'probes'; readonly results: readonly ProbeResult[] }
  | { readonly kind: 'hosts'; readonly result: HostsResult }
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
  switch (report.kind) {
    case 'probes':
      return report.results;
    case 'hosts':
      return report.result.hosts;
    case 'check':
      return report.result.targets.map(({ result }) => result);
  }
}
