import { type Report, resultsOf } from '../../contract/report.js';
import type { ProbeEvent } from '../../core/run/events.js';
import { jsonText } from './json-text.js';
import type { Reporter } from './reporter.js';

/** One line for each result. Live, the lines of the events come first (`eventLine`). */
export const ndjson: Reporter = {
  render: (report) =>
    linesOf(report)
      .map((value) => `${jsonText(value)}\n`)
      .join(''),
};

function linesOf(report: Report): readonly unknown[] {
  return report.kind === 'check' ? [report.result] : resultsOf(report);
}

/**
 * The line for one event as it happens: what the journal keeps, with the run that it belongs to and
 * its time in RFC 3339, UTC.
 */
export function eventLine(run: string, event: ProbeEvent): string {
  const time = new Date(event.at.wallMs).toISOString();
  return `${jsonText({ schema: 'greyprobe.event.v1', run, time, ...event })}\n`;
}
