import { type Report, resultsOf } from '../../contract/report.js';
import type { ProbeEvent } from '../../core/run/events.js';
import type { Reporter } from './reporter.js';

/** One object; an array where several probes were asked for. */
export const json: Reporter = {
  render: (report) => `${jsonText(contentOf(report), 2)}\n`,
  renderObserved: (result) => `${jsonText(result, 2)}\n`,
  renderSurveyed: (result) => `${jsonText(result, 2)}\n`,
  renderHistory: (result) => `${jsonText(result, 2)}\n`,
  renderRecommended: (result) => `${jsonText(result, 2)}\n`,
};

function contentOf(report: Report): unknown {
  if (report.kind !== 'probes') return report.result;
  const [only] = report.results;
  return report.results.length === 1 ? only : report.results;
}

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

/**
 * JSON that is safe to show as well as to parse: what a terminal or a build server would obey stands
 * as `\uXXXX`, which parsers read back as the same text. Lone surrogates are escaped by
 * `JSON.stringify` itself.
 */
export function jsonText(value: unknown, indent = 0): string {
  return JSON.stringify(value, null, indent).replace(
    OBEYED,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/**
 * DEL and C1; bidirectional controls, zero-width and line separators, BOM; U+FFFE and U+FFFF, which
 * YAML does not take raw; the `##` of commands to build servers. All of these can stand in strings
 * only, and C0 was escaped before.
 */
const OBEYED =
  /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2064\u2066-\u2069\ufeff\ufffe\uffff]|#(?=#\w*\[)/gu;
