import type { CheckResult } from './check-result.js';
import type { HostsResult } from './hosts-result.js';
import type { ProbeResult } from './probe-result.js';

/** What is reported: the results of probes, of all mail hosts of a domain, or of a check. */
export type Report =
  | { readonly kind: 'probes'; readonly results: readonly ProbeResult[] }
  | { readonly kind: 'hosts'; readonly result: HostsResult }
  | { readonly kind: 'check'; readonly result: CheckResult };

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
