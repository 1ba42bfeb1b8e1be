import type { CheckedTarget } from '../../contract/check-result.js';
import type { SentHost } from '../../contract/observe-result.js';
import type { AttemptResult, ProbeResult } from '../../contract/probe-result.js';
import { resultsOf } from '../../contract/report.js';
import type { Reporter } from './reporter.js';
import { visible } from './visible.js';

/** RFC 4180: a header, then a row for each attempt of a probe, each expectation of a check, each host of logs. */
export const csv: Reporter = {
  render: (report) =>
    report.kind === 'check'
      ? table(CHECK_COLUMNS, report.result.targets.flatMap(judgementRows))
      : table(PROBE_COLUMNS, resultsOf(report).flatMap(attemptRows)),
  renderObserved: ({ sent }) => table(HOST_COLUMNS, (sent?.hosts ?? []).map(hostRow)),
};

type Cell = string | number | null;

const PROBE_COLUMNS = [
  'run',
  'recipient',
  'verdict',
  'confidence',
  'opens_after_seconds',
  'opens_by_seconds',
  'closes_after_seconds',
  'closes_by_seconds',
  'attempt',
  'session',
  'role',
  'host',
  'address',
  'sender',
  'at',
  'age_low_seconds',
  'age_high_seconds',
  'stage',
  'outcome',
  'class',
  'code',
  'enhanced',
  'text',
  'error',
] as const;

/** A run that never got to an attempt still has its row, with the attempt left empty. */
function attemptRows(result: ProbeResult): readonly (readonly Cell[])[] {
  const { run, target, verdict, window } = result;
  const head: readonly Cell[] = [
    run,
    target.recipient,
    verdict.kind,
    verdict.confidence,
    window?.opens.afterSeconds ?? null,
    window?.opens.bySeconds ?? null,
    window?.closes.afterSeconds ?? null,
    window?.closes.bySeconds ?? null,
  ];
  const rows = result.attempts.map((attempt) => [...head, ...attemptCells(attempt)]);
  const empty = PROBE_COLUMNS.slice(head.length).map(() => null);
  return rows.length > 0 ? rows : [[...head, ...empty]];
}

function attemptCells(attempt: AttemptResult): readonly Cell[] {
  const { reply, error, host, ageSeconds } = attempt;
  return [
    attempt.n,
    attempt.session,
    attempt.role,
    host.name,
    host.address,
    attempt.tuple.sender,
    attempt.at,
    ageSeconds?.[0] ?? null,
    ageSeconds?.[1] ?? null,
    attempt.stage,
    attempt.outcome,
    attempt.class,
    reply?.code ?? null,
    reply?.enhanced ?? null,
    reply?.text.join(' ') ?? null,
    error === null ? null : `${error.code}: ${error.message}`,
  ];
}

const HOST_COLUMNS = [
  'host',
  'address',
  'confidence',
  'opens_after_seconds',
  'opens_by_seconds',
  'first_contacts',
  'refused',
  'passes',
  'lost',
  'waited_seconds',
  'pairs_for',
  'pairs_against',
  'lets_in_after_passes',
  'misfits',
] as const;

function hostRow(one: SentHost): readonly Cell[] {
  return [
    one.host,
    one.address,
    one.confidence,
    one.window.opens.afterSeconds,
    one.window.opens.bySeconds,
    one.firstContacts,
    one.refused,
    one.passes,
    one.lost,
    one.waitedSeconds,
    one.pairs.agedPassedFreshRefused,
    one.pairs.agedRefusedFreshPassed,
    one.letsInAfterPasses,
    one.misfits,
  ];
}

const CHECK_COLUMNS = [
  'target',
  'recipient',
  'run',
  'expectation',
  'outcome',
  'reason',
  'expected',
  'found',
  'values',
] as const;

function judgementRows(target: CheckedTarget): readonly (readonly Cell[])[] {
  const { name, recipient, result, judgements } = target;
  return judgements.map((one) => [
    name,
    recipient,
    result.run,
    one.expectation,
    one.outcome,
    one.reason,
    one.expected,
    one.found,
    Object.entries(one.values)
      .map(([key, value]) => `${key}=${value ?? 'unknown'}`)
      .join('; '),
  ]);
}

function table(columns: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return [columns, ...rows].map((row) => `${row.map(field).join(',')}\r\n`).join('');
}

function field(cell: Cell): string {
  if (cell === null) return '';
  const text = typeof cell === 'number' ? String(cell) : harmless(visible(cell));
  return /[",]/u.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Spreadsheets run a text that begins like a formula; an apostrophe before it makes it text. */
function harmless(text: string): string {
  return /^\s*[=+\-@]/u.test(text) ? `'${text}` : text;
}
