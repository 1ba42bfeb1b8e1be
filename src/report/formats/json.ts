import type { Report } from '../../contract/report.js';
import { jsonText } from './json-text.js';
import type { Reporter } from './reporter.js';

/** One object; an array where several probes were asked for. */
export const json: Reporter = {
  render: (report) => `${jsonText(contentOf(report), 2)}\n`,
};

function contentOf(report: Report): unknown {
  if (report.kind !== 'probes') return report.result;
  const [only] = report.results;
  return report.results.length === 1 ? only : report.results;
}
