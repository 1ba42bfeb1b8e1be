import type { CheckOutcome, CheckResult, Judgement } from '../../contract/check-result.js';
import type { ObserveResult } from '../../contract/observe-result.js';
import type { AttemptResult, ProbeResult } from '../../contract/probe-result.js';
import type { Report } from '../../contract/report.js';
import { bracketText, secondsText } from '../../model/values/seconds-text.js';
import { opensText } from '../text/observe-text.js';
import type { Style } from '../text/style.js';
import { SCREEN, type View } from '../view.js';
import { areMany, type CheckLine, checkLines, shownTargets } from './check-lines.js';
import { countsText, factTexts, type Judged, judgedOf, outcomeOfAll } from './judged.js';
import type { Reporter } from './reporter.js';
import { visible } from './visible.js';

/**
 * GitHub-flavoured Markdown, for a pull request or a step summary. What comes from outside stands in
 * `<code>` with every punctuation mark as a character reference: it can start no markup, no link,
 * no mention, and no other cell.
 */
export const markdown: Reporter = { render, renderObserved };

const MARKS: Readonly<Record<CheckOutcome, string>> = {
  passed: '✅ passed',
  failed: '❌ failed',
  'not-judged': '❔ not judged',
};

function render(report: Report, _style: Style, view: View = SCREEN): string {
  if (report.kind === 'check') return checkText(report.result, view);
  const parts = judgedOf(report).map(({ result }) => probed(result));
  return `${['## greyprobe probe', ...parts].join('\n\n')}\n`;
}

/** A section for each target; of many one table, with a line each. */
function checkText({ targets }: CheckResult, view: View): string {
  const head = `## greyprobe check: ${MARKS[outcomeOfAll(targets)]}\n\n${countsText(targets)}.`;
  const shown = shownTargets(targets, view);
  const parts = areMany(targets, view) ? tableOf(checkLines(shown)) : shown.map(checked);
  return `${[head, ...parts].join('\n\n')}\n`;
}

function tableOf(lines: readonly CheckLine[]): readonly string[] {
  const rows = lines.map(({ outcome, target, does, because }) => [
    MARKS[outcome],
    code(target),
    prose(does),
    prose(because),
  ]);
  return rows.length === 0 ? [] : [table(['Outcome', 'Target', 'Does', 'Because'], rows)];
}

function checked({ name, judgements, result }: Judged): string {
  const rows = judgements.map((one) => [
    MARKS[one.outcome],
    code(one.expectation),
    prose(one.expected),
    foundCell(one),
  ]);
  const judged = table(['Outcome', 'Expectation', 'Expected', 'Found'], rows);
  return [`### ${code(name)}`, summary(result), ...(rows.length === 0 ? [] : [judged])].join(
    '\n\n',
  );
}

function foundCell(judgement: Judgement): string {
  const { outcome, found, reason } = judgement;
  const why = reason === null ? '' : ` (${prose(reason)})`;
  if (outcome !== 'failed') return `${prose(found)}${why}`;
  return [prose(found), ...factTexts(judgement).map(code)].join('<br>');
}

function probed(result: ProbeResult): string {
  return [
    `### ${code(result.target.recipient)}`,
    '',
    summary(result),
    '',
    table(['#', 'Role', 'At', 'Age', 'Stage', 'Outcome', 'Reply'], result.attempts.map(attemptRow)),
  ].join('\n');
}

function renderObserved(result: ObserveResult): string {
  const rows = (result.sent?.hosts ?? []).map((one) => [
    code(one.host ?? one.address ?? '?'),
    prose(opensText(one)),
    `${one.refused} of ${one.firstContacts}`,
    String(one.waitedSeconds),
    `${one.confidence} (${one.pairs.agedPassedFreshRefused} : ${one.pairs.agedRefusedFreshPassed})`,
  ]);
  const head = ['Mail host', 'Opens at', 'Refused', 'Waited (s)', 'Proof'];
  const body = rows.length === 0 ? 'No mail host greylists.' : table(head, rows);
  return `## greyprobe observe\n\n${body}\n`;
}

function summary({ verdict, window }: ProbeResult): string {
  const opens = window === null ? '' : ` Opens at ${prose(bracketText(window.opens))}.`;
  return `**${verdict.kind}**, ${verdict.confidence}. ${prose(verdict.summary)}${opens}`;
}

function attemptRow(attempt: AttemptResult): readonly string[] {
  const { n, role, at, ageSeconds, stage, outcome, reply, error } = attempt;
  const said =
    reply === null
      ? `${error?.code ?? ''} ${error?.message ?? ''}`
      : [reply.code, reply.enhanced, ...reply.text].filter((part) => part !== null).join(' ');
  return [
    String(n),
    role,
    prose(at),
    ageSeconds === null ? '' : prose(secondsText((ageSeconds[0] + ageSeconds[1]) / 2)),
    stage,
    outcome,
    code(said),
  ];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Text that may come from outside. `<code>` also keeps GitHub from reading `@name` as a mention. */
function code(text: string): string {
  return text === '' ? '' : `<code>${references(text)}</code>`;
}

/** Our own sentences, which may quote names; sentences that quote an `@` stand as code. */
function prose(text: string): string {
  return text.includes('@') ? code(text) : references(text);
}

/** Every ASCII mark but the harmless ones as a numeric character reference (CommonMark 2.5). */
function references(text: string): string {
  return visible(text).replace(MARKUP, (mark) => `&#${mark.codePointAt(0) ?? 0};`);
}

/** A dot stays where it ends a sentence or stands between digits: it can make no link there. */
const MARKUP = /[!-'*+\-/:-@[-`{-~]|(?<!\d)\.(?=\S)|\.(?=[^\s\d])/gu;
