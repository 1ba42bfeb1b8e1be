import type { HistoryResult, HistorySeries, SeenRun } from '../../contract/history-result.js';
import { element, type Markup } from '../markup.js';
import { drawingOfWindows } from '../picture/drawings.js';
import { foundText, periodLabels, periodWords, subjectText } from '../text/history-text.js';
import { edgeCell } from './cells.js';
import type { Page } from './page.js';
import { type Column, facts, figure, paragraph, section, table } from './parts.js';
import { many } from './words.js';

/** What runs have found over time: since when it is as it is, their openings as a picture, each run. */
export function historyPage({ target, series }: HistoryResult): Page {
  return {
    title: `History of ${target} - greyprobe`,
    header: [paragraph('greyprobe: history', 'over'), element('h1', {}, target)],
    main: series.flatMap(seriesParts),
    footer: [
      paragraph('Made by greyprobe. This page loads nothing, and needs no script to be read.'),
    ],
  };
}

function seriesParts(series: HistorySeries, index: number): Markup[] {
  const { periods, runs } = series;
  const labels = periodLabels(periods);
  const told = periods.map((period, at): [string, string] => [
    labels[at] ?? '',
    `${periodWords(period)} (${many(period.runs, 'run')})`,
  ]);
  const opened = runs.flatMap(({ startedAt, window }) =>
    window === null ? [] : [{ label: minuteOf(startedAt), window }],
  );
  return section(
    subjectText(series),
    told.length > 0 ? facts(told) : paragraph('No run has found out what it does.'),
    ...(opened.length === 0
      ? []
      : [figure(drawingOfWindows(opened), 'When a retry passed, run by run', `series-${index}`)]),
    ...table('Each run', RUN_COLUMNS, runs),
  );
}

const RUN_COLUMNS: readonly Column<SeenRun>[] = [
  { title: 'Begun (UTC)', cell: ({ startedAt }) => minuteOf(startedAt) },
  { title: 'Run', kind: 'long', cell: ({ run }) => run },
  { title: 'Found', cell: foundText },
  { title: 'Opens after', kind: 'number', cell: ({ window }) => edgeCell(window?.opens) },
  { title: 'Closes after', kind: 'number', cell: ({ window }) => edgeCell(window?.closes) },
];

/** `2026-11-03 12:00`. */
function minuteOf(time: string): string {
  return time.slice(0, 'yyyy-mm-ddThh:mm'.length).replace('T', ' ');
}
