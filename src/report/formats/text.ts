import type { CheckOutcome, CheckResult, Judgement } from '../../contract/check-result.js';
import type { ProbeResult } from '../../contract/probe-result.js';
import type { Report } from '../../contract/report.js';
import { escapeLines } from '../../model/values/escape.js';
import { bracketText } from '../../model/values/seconds-text.js';
import { renderRecommendation } from '../text/advice-text.js';
import { renderHistory } from '../text/history-text.js';
import { renderHosts } from '../text/hosts-text.js';
import { renderObservation } from '../text/observe-text.js';
import { renderResult } from '../text/probe-text.js';
import type { Style } from '../text/style.js';
import { renderSurvey } from '../text/survey-text.js';
import { columnWidths, tableLine } from '../text/table.js';
import { hanging, shortenInside, wrapLonger, wrapText } from '../text/wrap.js';
import { SCREEN, type View } from '../view.js';
import { areMany, type CheckLine, checkLines, shownTargets } from './check-lines.js';
import { factTexts, verdictText } from './judged.js';
import type { Reporter } from './reporter.js';
import { visible } from './visible.js';

/** For people. A check lists its expectations; of a probe the view says how much is shown. */
export const text: Reporter = {
  render: (report, style, view = SCREEN) => {
    const between = view.depth === 'verdict' ? '\n' : '\n\n';
    return `${withoutCommands(blocksOf(report, style, view).join(between))}\n`;
  },
  renderObserved: (result, style) => `${withoutCommands(renderObservation(result, style))}\n`,
  renderSurveyed: (result, _rows, style) => `${renderSurvey(result, style)}\n`,
  renderHistory: (result, style) => `${escapeLines(renderHistory(result, style))}\n`,
  renderRecommended: (result, style) => `${escapeLines(renderRecommendation(result, style))}\n`,
};

function blocksOf(report: Report, style: Style, view: View): readonly string[] {
  switch (report.kind) {
    case 'probes':
      return report.results.map((result) => renderResult(result, style, view));
    case 'hosts':
      return [renderHosts(report.result, style, view)];
    case 'check':
      return view.depth === 'verdict'
        ? summaryLines(report.result, style)
        : checkBlocks(report.result, style, view);
  }
}

/**
 * Build servers obey a line that begins with `::`, however far in, and `##[` or `##vso[` anywhere in
 * a line. Replies are wrapped, so that any word of theirs can begin a line.
 */
function withoutCommands(lines: string): string {
  return lines.replace(/^(\s*):(?=:)/gmu, '$1\\x3a').replace(/#(?=#\w*\[)/gu, '\\x23');
}

function checkBlocks(result: CheckResult, style: Style, view: View): readonly string[] {
  const shown = shownTargets(result.targets, view);
  const summary = summaryLines(result, style).join('\n');
  if (areMany(result.targets, view)) {
    const lines = checkTable(checkLines(shown), style);
    return [...(lines.length === 0 ? [] : [lines.join('\n')]), summary];
  }
  const targets = shown.map(({ name, judgements, result: run }) => {
    const from = run.pinned === null ? '' : ` (${run.pinned.name} [${run.pinned.address}])`;
    const head = wrapLonger(visible(`${name}${from}`), style.columns).map(style.strong);
    return [
      ...head,
      ...judgements.flatMap((one) => judgementLines(one, style)),
      ...(judgements.length === 0 ? measuredLines(run, style) : []),
    ].join('\n');
  });
  return [...targets, summary];
}

/** Nothing was expected: what was found. */
function measuredLines(run: ProbeResult, { columns }: Style): readonly string[] {
  const opens = run.window === null ? '' : ` Opens at ${bracketText(run.window.opens)}.`;
  return hanging('  measured', visible(`${verdictText(run)}${opens}`), 14, columns);
}

const TITLES = ['outcome', 'target', 'found'];
const LONGEST_TARGET = 24;
/** Where less is left for it, each target gets several lines. */
const LEAST_FOUND = 30;

function checkTable(lines: readonly CheckLine[], style: Style): readonly string[] {
  if (lines.length === 0) return [];
  const rows = lines.map(({ outcome, target, does, because }) => [
    outcome,
    shortenInside(visible(target), LONGEST_TARGET),
    visible(because === '' ? does : because),
  ]);
  const widths = columnWidths(TITLES, rows, { gives: 2, least: LEAST_FOUND }, style.columns);
  if (widths === null) return lines.flatMap((line) => narrowLines(line, style));
  const painted = (line: string, outcome: CheckOutcome) =>
    `${paint(outcome, style)(outcome)}${line.slice(outcome.length)}`;
  return [
    style.faint(tableLine(TITLES, widths)),
    ...lines.map(({ outcome }, index) => painted(tableLine(rows[index] ?? [], widths), outcome)),
  ];
}

function narrowLines({ outcome, target, does, because }: CheckLine, style: Style): string[] {
  const told = [`${target}: ${does}`, ...(because === '' ? [] : [because])].join('; ');
  const [first = '', ...rest] = hanging(outcome, visible(told), 12, style.columns);
  return [`${paint(outcome, style)(outcome)}${first.slice(outcome.length)}`, ...rest];
}

function judgementLines(judgement: Judgement, style: Style): readonly string[] {
  const { outcome, expectation, expected, found, reason } = judgement;
  const told =
    outcome === 'passed'
      ? `${expectation}: ${found}`
      : `${expectation}: expected ${expected}; found ${found}`;
  const why = reason === null ? '' : ` [${reason}]`;
  const label = `  ${outcome}`;
  const facts = outcome === 'failed' ? factTexts(judgement).join('; ') : '';
  const [first = '', ...rest] = hanging(label, visible(`${told}${why}`), 14, style.columns);
  return [
    `  ${paint(outcome, style)(outcome)}${first.slice(label.length)}`,
    ...rest,
    ...(facts === '' ? [] : hanging('', visible(facts), 14, style.columns)),
  ];
}

function paint(outcome: CheckOutcome, { good, bad, warning }: Style): (text: string) => string {
  return { passed: good, failed: bad, 'not-judged': warning }[outcome];
}

function summaryLines(result: CheckResult, style: Style): readonly string[] {
  const { passed, failed, notJudged, suppressed = 0 } = result.counts;
  const known = suppressed === 0 ? '' : ` (${suppressed} suppressed)`;
  const sum = `${passed} passed, ${failed} failed, ${notJudged} not judged${known}.`;
  const next =
    result.nextDueAt === null ? '' : ` Come back at ${result.nextDueAt} with the same command.`;
  const head = `Check ${result.outcome}`;
  const [first = '', ...rest] = wrapText(`${head}: ${sum}${next}`, style.columns);
  return [`${paint(result.outcome, style)(head)}${first.slice(head.length)}`, ...rest];
}
