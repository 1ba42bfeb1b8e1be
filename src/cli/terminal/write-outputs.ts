import type { HistoryResult } from '../../contract/history-result.js';
import type { ObserveResult } from '../../contract/observe-result.js';
import type { RecommendResult } from '../../contract/recommend-result.js';
import type { Report } from '../../contract/report.js';
import type { ProbeEvent } from '../../core/run/events.js';
import { usageError } from '../../model/errors.js';
import type { ExitCode } from '../../model/exit-codes.js';
import { FORMATS } from '../../report/formats/index.js';
import type { Reporter } from '../../report/formats/reporter.js';
import { PLAIN, type Style } from '../../report/text/style.js';
import type { View } from '../../report/view.js';
import type { Output } from '../flags/output-flags.js';
import { inCharset } from './charset.js';

/** Where the lines for standard output go. */
export type WriteOut = (text: string) => void;

/**
 * Renders a report in every format that was asked for. Files are written whole; what is for standard
 * output comes last, so that it tells of nothing that then failed. `events` begin the files of ndjson.
 * Returns the exit code of a format that has its own (nagios) when it goes to standard output, and null
 * otherwise.
 */
export async function writeOutputs(
  outputs: readonly Output[],
  report: Report,
  writeOut: WriteOut,
  { events = null, view }: { readonly events?: EventLines | null; readonly view?: View } = {},
): Promise<ExitCode | null> {
  let exit: ExitCode | null = null;
  await writeEach(outputs, writeOut, ({ format, file }, reporter, style) => {
    if (file === null) exit = reporter.exitCode?.(report) ?? null;
    const told = file !== null && format === 'ndjson' ? (events?.text() ?? '') : '';
    return told + reporter.render(report, style, view);
  });
  return exit;
}

/** Writes what logs tell. Throws `format-does-not-fit` for formats that have no words for it. */
export async function writeObserved(
  outputs: readonly Output[],
  result: ObserveResult,
  writeOut: WriteOut,
): Promise<void> {
  await writeEach(outputs, writeOut, ({ format }, { renderObserved }, style) => {
    if (renderObserved !== undefined) return renderObserved(result, style);
    throw usageError(
      'format-does-not-fit',
      `--format ${format} has no words for what logs tell.`,
      'Give text, json, csv, prometheus, markdown, html or svg.',
    );
  });
}

/** Writes what to set. Throws `format-does-not-fit` for formats that have no words for it. */
export async function writeRecommended(
  outputs: readonly Output[],
  result: RecommendResult,
  writeOut: WriteOut,
): Promise<void> {
  await writeEach(outputs, writeOut, ({ format }, { renderRecommended }, style) => {
    if (renderRecommended !== undefined) return renderRecommended(result, style);
    throw usageError(
      'format-does-not-fit',
      `--format ${format} has no words for what to set.`,
      'Give text, json, html or svg.',
    );
  });
}

/** Writes what runs have found. Throws `format-does-not-fit` for formats that have no words for it. */
export async function writeHistory(
  outputs: readonly Output[],
  result: HistoryResult,
  writeOut: WriteOut,
): Promise<void> {
  await writeEach(outputs, writeOut, ({ format }, { renderHistory }, style) => {
    if (renderHistory !== undefined) return renderHistory(result, style);
    throw usageError(
      'format-does-not-fit',
      `--format ${format} has no words for a history.`,
      'Give text, json or html.',
    );
  });
}

/** Files first and whole; standard output last, so that it tells of nothing that then failed. */
export async function writeEach(
  outputs: readonly Output[],
  writeOut: WriteOut,
  render: (output: Output, reporter: Reporter, style: Style) => string,
): Promise<void> {
  const filesFirst = [...outputs].sort((a, b) => Number(a.file === null) - Number(b.file === null));
  for (const output of filesFirst) {
    const reporter = await FORMATS[output.format]();
    const textOf = (style: Style) => {
      const text = render(output, reporter, style);
      return output.format === 'text' ? inCharset(text) : text;
    };
    if (output.file === null) {
      const { terminalStyle } = await import('./terminal-style.js');
      writeOut(textOf(terminalStyle));
    } else {
      const { writeFileWhole } = await import('../../edges/system/write-file.js');
      await writeFileWhole(output.file, textOf(PLAIN));
    }
  }
}

/**
 * Makes sure that each file can be written, before a run that may take hours. Throws
 * `output-failed`.
 */
export async function proveOutputs(outputs: readonly Output[]): Promise<void> {
  const files = outputs.flatMap(({ file }) => (file === null ? [] : [file]));
  if (files.length === 0) return;
  const { proveWritable } = await import('../../edges/system/write-file.js');
  for (const file of files) await proveWritable(file);
}

/** The lines of events, for `ndjson`. */
export interface EventLines {
  /** Standard output shows them as they happen: progress would be in the way. */
  readonly shown: boolean;
  readonly add: (run: string, event: ProbeEvent) => void;
  /** All lines so far, for files, which are written whole at the end. */
  readonly text: () => string;
}

/** Tells events where `ndjson` was asked for; null where it was not. */
export async function eventLines(
  outputs: readonly Output[],
  writeOut: WriteOut,
): Promise<EventLines | null> {
  const files = outputs.filter(({ format }) => format === 'ndjson').map(({ file }) => file);
  if (files.length === 0) return null;
  const { eventLine } = await import('../../report/formats/json.js');
  const shown = files.includes(null);
  const kept: string[] = [];
  const isKept = files.some((file) => file !== null);
  return {
    shown,
    add: (run, event) => {
      const line = eventLine(run, event);
      if (shown) writeOut(line);
      if (isKept) kept.push(line);
    },
    text: () => kept.join(''),
  };
}
