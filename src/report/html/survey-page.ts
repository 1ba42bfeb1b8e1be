import type { SurveyResult } from '../../contract/survey-result.js';
import type { SurveyRow } from '../../contract/survey-row.js';
import { formatDuration } from '../../model/values/duration.js';
import { element, type Markup } from '../markup.js';
import { drawingOfRows } from '../picture/of-survey.js';
import { durationCell, edgeCell, numberCell } from './cells.js';
import type { Page } from './page.js';
import {
  type Cell,
  type Column,
  chips,
  facts,
  figure,
  paragraph,
  section,
  table,
} from './parts.js';

import { many, timeText, versionText } from './words.js';

/** More rows make a page that is slow to open; all of them are in --format csv. */
const MOST_ROWS = 5_000;

/** A survey: what was found over all, the one first retry that serves best, and a row a target. */
export function surveyPage(result: SurveyResult, rows: readonly SurveyRow[]): Page {
  const { counts, verdicts, best, measured } = result;
  const head = `${many(verdicts['greylisted'] ?? 0, 'target greylists', 'targets greylist')} of ${counts.done.toLocaleString('en')}`;
  const title = 'When they let a retry pass';
  return {
    title: `${head} - greyprobe`,
    header: [
      paragraph(`greyprobe: a survey of ${many(counts.targets, 'target')}`, 'over'),
      element('h1', {}, head),
      chips(
        Object.entries(verdicts).map(([kind, count]) => [
          `${count.toLocaleString('en')} ${verdictWord(kind)}`,
          'soft',
        ]),
      ),
      ...(best === null ? [] : [paragraph(best.says, 'lead')]),
    ],
    main: [
      ...(measured === 0 ? [] : section(title, figure(drawingOfRows(rows), title, 'picture'))),
      ...section(
        'The first retry',
        ...table(
          'Waits before a first retry, and whom each serves',
          RETRY_COLUMNS,
          result.firstRetry,
        ),
      ),
      ...section('Senders as they are shipped', ...senderTable(result)),
      ...section(
        'Products',
        ...table('Products that greylist', GROUP_COLUMNS, greylisting(result.products)),
      ),
      ...section(
        'Operators',
        ...table('Operators that greylist', GROUP_COLUMNS, greylisting(result.operators)),
      ),
      ...section('Every target', ...rowTable(rows)),
      ...section('How it was measured', circumstances(result)),
    ],
    footer: [paragraph(`Survey ${result.survey}. ${versionText(result.version)}`)],
  };
}

function verdictWord(kind: string): string {
  return kind === 'none' ? 'left alone (opted out)' : kind;
}

function greylisting(groups: SurveyResult['products']): SurveyResult['products'] {
  return groups.filter((one) => one.greylisted > 0);
}

function circumstances({ startedAt, finishedAt, ended, contact, counts }: SurveyResult): Markup {
  return facts([
    ['Began', timeText(startedAt)],
    ['Ended', timeText(finishedAt)],
    ['Before its list did', ended ?? ''],
    ['Targets', `${counts.done.toLocaleString('en')} of ${counts.targets.toLocaleString('en')}`],
    ['Mail hosts', counts.hosts.toLocaleString('en')],
    ['Connections', counts.connections.toLocaleString('en')],
    ['Asked it to stop', counts.stops === 0 ? '' : String(counts.stops)],
    ['Who asked', contact ?? ''],
  ]);
}

const RETRY_COLUMNS: readonly Column<SurveyResult['firstRetry'][number]>[] = [
  { title: 'After', kind: 'number', cell: (one) => durationCell(one.seconds) },
  { title: 'Serves', kind: 'number', cell: rangeCell },
  {
    title: 'Waits longer than it must',
    kind: 'number',
    cell: (one) => durationCell(one.meanExtraSeconds),
  },
];

type Group = SurveyResult['products'][number];

const GROUP_COLUMNS: readonly Column<Group>[] = [
  { title: 'Name', kind: 'long', cell: ({ name }) => name },
  { title: 'Targets', kind: 'number', cell: ({ targets }) => numberCell(targets) },
  { title: 'Greylist', kind: 'number', cell: ({ greylisted }) => numberCell(greylisted) },
  { title: 'Half open by', kind: 'number', cell: (one) => durationCell(one.medianOpensBySeconds) },
  { title: 'All open by', kind: 'number', cell: (one) => durationCell(one.lastOpensBySeconds) },
];

type SurveyedSender = SurveyResult['senders'][number];

/** How many targets get a sender's mail within so long. */
function senderTable({ senders, measured }: SurveyResult): Markup[] {
  const limits = senders[0]?.within.map(({ seconds }) => seconds) ?? [];
  const within: Column<SurveyedSender>[] = limits.map((seconds, index) => ({
    title: `Within ${formatDuration(seconds)}`,
    kind: 'number',
    cell: (sender) => rangeCell(sender.within[index]),
  }));
  const columns: Column<SurveyedSender>[] = [
    { title: 'Sender', kind: 'long', cell: ({ name }) => name },
    ...within,
    { title: 'Never', kind: 'number', cell: ({ never }) => rangeCell(never) },
  ];
  if (measured === 0) return [];
  return table(
    `Whose mail gets through, at ${many(measured, 'target')} that greylist`,
    columns,
    senders,
  );
}

function rowTable(rows: readonly SurveyRow[]): Markup[] {
  const shown = rows.slice(0, MOST_ROWS);
  const left = rows.length - shown.length;
  return [
    ...table('Targets, with what their mail hosts do', ROW_COLUMNS, shown),
    ...(left === 0
      ? []
      : [
          paragraph(
            `${many(left, 'more target')}: a page has ${MOST_ROWS}; all are in --format csv.`,
          ),
        ]),
  ];
}

const ROW_COLUMNS: readonly Column<SurveyRow>[] = [
  { title: 'Recipient', kind: 'long', cell: ({ recipient }) => recipient },
  { title: 'Label', kind: 'long', cell: ({ label }) => label },
  { title: 'Mail host', kind: 'long', cell: ({ host }) => host },
  { title: 'Verdict', cell: foundText },
  { title: 'Product', cell: ({ implementation }) => implementation },
  {
    title: 'Opens after',
    kind: 'number',
    cell: (row) => edgeCell({ afterSeconds: row.opensAfterSeconds, bySeconds: row.opensBySeconds }),
  },
  { title: 'Reply', kind: 'reply', cell: ({ reply }) => reply },
];

/** `greylisted, confirmed`, `deferred (rate-limit), likely`. */
function foundText({ verdict, confidence, class: reason }: SurveyRow): string | null {
  if (verdict === null) return reason;
  const why = reason === null || reason === 'greylisting' ? '' : ` (${reason})`;
  return `${verdict}${why}, ${confidence}`;
}

/** `12`, or `10 to 14` where the brackets do not decide. */
function rangeCell(range: { readonly atLeast: number; readonly atMost: number } | undefined): Cell {
  if (range === undefined) return null;
  const { atLeast, atMost } = range;
  return { by: atLeast, text: atLeast === atMost ? String(atLeast) : `${atLeast} to ${atMost}` };
}
