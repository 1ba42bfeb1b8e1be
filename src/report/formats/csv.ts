import type { CheckedTarget, Judgement } from '../../contract/check-result.js';
import type { SentHost } from '../../contract/observe-result.js';
import type { AttemptResult, ProbeResult } from '../../contract/probe-result.js';
import { resultsOf } from '../../contract/report.js';
import { valueTexts } from './judged.js';
import type { Reporter } from './reporter.js';
import { visible } from './visible.js';

/** RFC 4180: a header, then a row for each attempt of a probe, each expectation of a check, each host of logs. */
export const csv: Reporter = {
  render: (report) =>
    report.kind === 'check'
      ? table(CHECK_COLUMNS, report.result.targets.flatMap(judgedIn))
      : table(PROBE_COLUMNS, resultsOf(report).flatMap(attemptsOf)),
  renderObserved: ({ sent }) => table(HOST_COLUMNS, sent?.hosts ?? []),
};

type Cell = string | number | null;

/** What stands in a column, by its title. */
type Columns<Row> = Readonly<Record<string, (row: Row) => Cell | undefined>>;

/** An attempt with the run that made it. A run that never got to an attempt still has its row. */
interface ProbeRow {
  readonly of: ProbeResult;
  readonly attempt: AttemptResult | undefined;
}

function attemptsOf(of: ProbeResult): readonly ProbeRow[] {
  const { attempts } = of;
  return attempts.length > 0
    ? attempts.map((attempt) => ({ of, attempt }))
    : [{ of, attempt: undefined }];
}

const PROBE_COLUMNS: Columns<ProbeRow> = {
  run: ({ of }) => of.run,
  recipient: ({ of }) => of.target.recipient,
  verdict: ({ of }) => of.verdict.kind,
  confidence: ({ of }) => of.verdict.confidence,
  opens_after_seconds: ({ of }) => of.window?.opens.afterSeconds,
  opens_by_seconds: ({ of }) => of.window?.opens.bySeconds,
  closes_after_seconds: ({ of }) => of.window?.closes.afterSeconds,
  closes_by_seconds: ({ of }) => of.window?.closes.bySeconds,
  attempt: ({ attempt }) => attempt?.n,
  session: ({ attempt }) => attempt?.session,
  role: ({ attempt }) => attempt?.role,
  host: ({ attempt }) => attempt?.host.name,
  address: ({ attempt }) => attempt?.host.address,
  sender: ({ attempt }) => attempt?.tuple.sender,
  at: ({ attempt }) => attempt?.at,
  age_low_seconds: ({ attempt }) => attempt?.ageSeconds?.[0],
  age_high_seconds: ({ attempt }) => attempt?.ageSeconds?.[1],
  stage: ({ attempt }) => attempt?.stage,
  outcome: ({ attempt }) => attempt?.outcome,
  class: ({ attempt }) => attempt?.class,
  code: ({ attempt }) => attempt?.reply?.code,
  enhanced: ({ attempt }) => attempt?.reply?.enhanced,
  text: ({ attempt }) => attempt?.reply?.text.join(' '),
  error: ({ attempt }) => attempt?.error && `${attempt.error.code}: ${attempt.error.message}`,
};

const HOST_COLUMNS: Columns<SentHost> = {
  host: (host) => host.host,
  address: (host) => host.address,
  confidence: (host) => host.confidence,
  opens_after_seconds: (host) => host.window.opens.afterSeconds,
  opens_by_seconds: (host) => host.window.opens.bySeconds,
  first_contacts: (host) => host.firstContacts,
  refused: (host) => host.refused,
  passes: (host) => host.passes,
  lost: (host) => host.lost,
  waited_seconds: (host) => host.waitedSeconds,
  pairs_for: (host) => host.pairs.agedPassedFreshRefused,
  pairs_against: (host) => host.pairs.agedRefusedFreshPassed,
  lets_in_after_passes: (host) => host.letsInAfterPasses,
  misfits: (host) => host.misfits,
};

interface CheckRow {
  readonly target: CheckedTarget;
  readonly one: Judgement;
}

function judgedIn(target: CheckedTarget): readonly CheckRow[] {
  return target.judgements.map((one) => ({ target, one }));
}

const CHECK_COLUMNS: Columns<CheckRow> = {
  target: ({ target }) => target.name,
  recipient: ({ target }) => target.recipient,
  run: ({ target }) => target.result.run,
  expectation: ({ one }) => one.expectation,
  outcome: ({ one }) => one.outcome,
  reason: ({ one }) => one.reason,
  expected: ({ one }) => one.expected,
  found: ({ one }) => one.found,
  values: ({ one }) => valueTexts(one, '=').join('; '),
};

function table<Row>(columns: Columns<Row>, rows: readonly Row[]): string {
  const cells = rows.map((row) => Object.values(columns).map((of) => of(row) ?? null));
  return [Object.keys(columns), ...cells]
    .map((line) => `${line.map(field).join(',')}\r\n`)
    .join('');
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
