import type {
  HistoryPeriod,
  HistoryResult,
  HistorySeries,
  SeenRun,
} from '../../contract/history-result.js';
import type { VerdictKind } from '../../core/evidence/verdict-schema.js';
import { escapeControl } from '../../model/values/escape.js';
import { bracketText } from '../../model/values/seconds-text.js';
import { PLAIN, type Style } from './style.js';
import { columnWidths, GAP, tableLine } from './table.js';
import { hanging, joined, pieces, strongLines } from './wrap.js';

const DAY = 'yyyy-mm-dd'.length;
const MINUTE = 'yyyy-mm-ddThh:mm'.length;
const BAR = '▓';
const LONGEST_BAR = 24;
const SHORTEST_BAR = 8;
const TITLES = ['run', 'found', 'opens'] as const;
/** An id whole. */
const LEAST_RUN = 20;

/** What runs have shown over time: since when it is as it is, then each run, its opening as a bar. */
export function renderHistory({ series }: HistoryResult, style: Style = PLAIN): string {
  return joined(series.flatMap((one) => [headLines(one, style), runLines(one, style)]));
}

function headLines(series: HistorySeries, style: Style): string[] {
  const { periods } = series;
  const labels = periodLabels(periods);
  const width = Math.max(0, ...labels.map((label) => label.length)) + 2;
  const told = periods.flatMap((period, index) => {
    const words = `${periodWords(period)} (${count(period.runs)})`;
    return hanging(labels[index] ?? '', words, width, style.columns);
  });
  return [
    ...strongLines(escapeControl(subjectText(series)), style),
    ...(told.length > 0 ? told : ['No run has found out what it does.']),
  ];
}

/** `user@example.org at mx.example.org, up to DATA`. */
export function subjectText({ recipient, host, stage }: HistorySeries): string {
  const at = host === null ? '' : ` at ${host}`;
  return `${recipient}${at}${stage === 'rcpt' ? '' : `, up to ${stage.toUpperCase()}`}`;
}

function count(runs: number): string {
  return runs === 1 ? 'one run' : `${runs} runs`;
}

/** `Until 2026-11-03`, `Since 2026-11-04`: by the minute where two periods meet within a day. */
export function periodLabels(periods: readonly HistoryPeriod[]): readonly string[] {
  const meets = periods.some(
    ({ from }, index) => periods[index - 1]?.until.slice(0, DAY) === from.slice(0, DAY),
  );
  const when = (time: string) => time.slice(0, meets ? MINUTE : DAY).replace('T', ' ');
  const last = periods.length - 1;
  return periods.map(({ from, until }, index) => {
    if (index === last) return `Since ${when(from)}`;
    if (index === 0) return `Until ${when(until)}`;
    const [begins, ends] = [when(from), when(until)];
    return begins === ends ? `On ${begins}` : `${begins} to ${ends}`;
  });
}

const DOES: Readonly<Record<Exclude<VerdictKind, 'greylisted'>, string>> = {
  accepted: 'mail was let in at once',
  deferred: 'mail was deferred',
  rejected: 'mail was rejected for good',
  unreachable: 'no mail host was reached',
  'no-mail-service': 'the domain took no mail',
};

/** `greylisted; a retry passed after 296.2 to 301 s`. */
export function periodWords({ verdict, window }: HistoryPeriod): string {
  if (verdict.kind === 'greylisted') {
    return window === null || window.opens.bySeconds === null
      ? 'greylisted; no retry was seen to pass'
      : `greylisted; a retry passed after ${bracketText(window.opens)}`;
  }
  const why = verdict.class === null ? '' : ` (${verdict.class})`;
  return `${DOES[verdict.kind]}${why}`;
}

/** A table, its openings as bars where there is room; a list where even that does not fit. */
function runLines({ runs }: HistorySeries, style: Style): readonly string[] {
  const rows = runs.map((run) => [escapeControl(run.run), foundText(run), opensText(run)]);
  const widths = columnWidths(TITLES, rows, { gives: 0, least: LEAST_RUN }, style.columns);
  if (widths === null) {
    return rows.flatMap(([run = '', found = '', opens = '']) => [
      ...pieces(run, style.columns),
      ...hanging('', opens === '-' ? found : `${found}; opens at ${opens}`, 4, style.columns),
    ]);
  }
  const taken = widths.reduce((sum, width) => sum + width + GAP.length, 0);
  const bars = barsOf(runs.map(opensBy), Math.min(LONGEST_BAR, style.columns - taken));
  return [
    style.faint(tableLine(TITLES, widths)),
    ...rows.map((row, index) => tableLine([...row, bars[index] ?? ''], [...widths, LONGEST_BAR])),
  ];
}

/** Bars as long as these, the longest of them `most`; none where there is hardly room. */
function barsOf(lengths: readonly number[], most: number): readonly string[] {
  const longest = Math.max(...lengths);
  if (longest === 0 || most < SHORTEST_BAR) return [];
  return lengths.map((length) => BAR.repeat(Math.round((length / longest) * most)));
}

function opensText({ window }: SeenRun): string {
  return window === null || window.opens.bySeconds === null ? '-' : bracketText(window.opens);
}

function opensBy({ window }: SeenRun): number {
  return window?.opens.bySeconds ?? 0;
}

/** `greylisted, confirmed`; `deferred (throttled)` of a run that does not count. */
export function foundText({ verdict, leftOut }: SeenRun): string {
  return leftOut === null
    ? `${verdict.kind}, ${verdict.confidence}`
    : `${verdict.kind} (${leftOut})`;
}
