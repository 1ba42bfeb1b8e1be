import type { PruneResult, RunList, RunSummary, ShownRun } from '../../contract/run-list.js';
import { formatDuration } from '../../model/values/duration.js';
import { escapeControl } from '../../model/values/escape.js';
import { secondsText } from '../../model/values/seconds-text.js';
import { PLAIN, type Style } from './style.js';
import { columnWidths, tableLine } from './table.js';
import { hanging, pieces, wrapLonger, wrapText } from './wrap.js';

/** Targets get the room of their title at least. */
const TITLES = ['run', 'target    ', 'state', 'next due', 'verdict', 'opens'] as const;

type Row = readonly [
  run: string,
  target: string,
  state: string,
  due: string,
  verdict: string,
  opens: string,
];

/** The stored runs as a table, then what is wrong with those that cannot be read. */
export function renderRuns(list: RunList, nowWallMs: number, style: Style = PLAIN): string {
  if (list.runs.length === 0) {
    return wrapLonger(`No runs are kept in ${escapeControl(list.folder)}.`, style.columns).join(
      '\n',
    );
  }
  const rows = list.runs.map((run) => rowOf(run, nowWallMs));
  const problems = list.runs.flatMap(({ problem }) =>
    problem === null ? [] : hanging('Warning:', escapeControl(problem.message), 9, style.columns),
  );
  return [tableLines(rows, style).join('\n'), problems.join('\n')]
    .filter((block) => block !== '')
    .join('\n\n');
}

/** One stored run: where it is kept and how it stands. Its result is rendered by the text report. */
export function renderRunFacts(run: ShownRun, nowWallMs: number, style: Style = PLAIN): string {
  const facts: readonly (readonly [label: string, text: string])[] = [
    ['Journal:', run.path],
    ['State:', stateSentence(run)],
    ['Next due:', run.state === 'finished' ? '' : dueText(run, nowWallMs)],
  ];
  const lines = facts.flatMap(([label, text]) =>
    text === '' ? [] : hanging(label, escapeControl(text), 10, style.columns),
  );
  return [style.strong(`Run ${escapeControl(run.run)}`), ...lines].join('\n');
}

function stateSentence(run: ShownRun): string {
  const held = run.heldBy === null ? '' : ` by process ${run.heldBy.pid} on ${run.heldBy.host}`;
  const times = run.resumed === 1 ? 'once' : `${run.resumed} times`;
  const resumed = run.resumed === 0 ? '' : `, resumed ${times}`;
  const torn = run.torn ? '; a process died in the middle of a line, which is passed over' : '';
  return `${run.state}${held}${resumed}${torn}`;
}

/** What was removed, or would be, and what was kept though it is old. */
export function renderPrune(result: PruneResult, { columns }: Style = PLAIN): string {
  const { removed, kept, dryRun } = result;
  const verb = dryRun ? 'Would remove' : 'Removed';
  const head = `${verb} ${removed.length} run${removed.length === 1 ? '' : 's'}.`;
  return [
    head,
    ...removed.map(({ run, state }) => `  ${escapeControl(run)}  ${state}`),
    ...kept.flatMap(({ run, why }) =>
      wrapText(`Kept ${escapeControl(run)}: ${escapeControl(why.replace(/\.$/u, ''))}.`, columns),
    ),
  ].join('\n');
}

function rowOf(run: RunSummary, nowWallMs: number): Row {
  return [
    escapeControl(run.run),
    escapeControl(run.target ?? '-'),
    run.state,
    compact(dueText(run, nowWallMs)),
    verdictText(run),
    opensText(run),
  ];
}

/** `in 3 min 20 s` as `in 3m 20s`. */
function compact(due: string): string {
  return due.replaceAll(/(\d) ([dhms])(?:in)?/gu, '$1$2');
}

/** Confidence is said where it varies. A run that still goes on has not failed to reach anybody. */
function verdictText({ verdict, state }: RunSummary): string {
  if (verdict === null) return '-';
  const { kind, confidence } = verdict;
  if (kind === 'unreachable' && state !== 'finished') return '-';
  return kind === 'greylisted' || kind === 'deferred' ? `${kind}, ${confidence}` : kind;
}

/** Since when a retry is known to pass. */
function opensText({ window }: RunSummary): string {
  const opensBy = window?.opens.bySeconds ?? null;
  return opensBy === null ? '-' : secondsText(opensBy);
}

function dueText({ nextDueAt, state }: RunSummary, nowWallMs: number): string {
  if (nextDueAt === null || state === 'running') return '-';
  const seconds = (Date.parse(nextDueAt) - nowWallMs) / 1000;
  return seconds <= 0 ? 'now' : `in ${formatDuration(Math.ceil(seconds))}`;
}

/** A table of the columns that say something, if need be without the last; a list where that does not fit. */
function tableLines(rows: readonly Row[], style: Style): readonly string[] {
  const told = TITLES.map((_, column) => column).filter(
    (column) => column < 2 || rows.some((row) => row[column] !== '-'),
  );
  const chosen = [told, told.filter((column) => column < TITLES.length - 1)];
  for (const columns of chosen) {
    const only = (cells: readonly string[]) => columns.map((column) => cells[column] ?? '');
    const [titles, cells] = [only(TITLES), rows.map(only)];
    const room = { gives: 1, least: TITLES[1].length };
    const widths = columnWidths(titles, cells, room, style.columns);
    if (widths === null) continue;
    return [style.faint(tableLine(titles, widths)), ...cells.map((row) => tableLine(row, widths))];
  }
  return rows.flatMap((row) => listEntry(row, style.columns));
}

function listEntry(
  [run, target, state, due, verdict, opens]: Row,
  columns: number,
): readonly string[] {
  const facts = [
    state,
    ...(due === '-' ? [] : [`next due ${due}`]),
    ...(verdict === '-' ? [] : [verdict]),
    ...(opens === '-' ? [] : [`opens by ${opens}`]),
  ];
  return [
    ...pieces(run, columns),
    ...(target === '-' ? [] : hanging('', target, 4, columns)),
    ...hanging('', facts.join('; '), 4, columns),
  ];
}
