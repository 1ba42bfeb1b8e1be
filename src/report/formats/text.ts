import type { CheckOutcome, CheckResult, Judgement } from '../../contract/check-result.js';
import type { Report } from '../../contract/report.js';
import { renderHosts } from '../text/hosts-text.js';
import { renderObservation } from '../text/observe-text.js';
import { renderResult } from '../text/probe-text.js';
import type { Style } from '../text/style.js';
import { hanging, wrapLonger, wrapText } from '../text/wrap.js';
import { SCREEN, type View } from '../view.js';
import { valueTexts } from './judged.js';
import type { Reporter } from './reporter.js';
import { visible } from './visible.js';

/** For people. A check lists its expectations; of a probe the view says how much is shown. */
export const text: Reporter = {
  render: (report, style, view = SCREEN) => {
    const between = view.depth === 'verdict' ? '\n' : '\n\n';
    return `${withoutCommands(blocksOf(report, style, view).join(between))}\n`;
  },
  renderObserved: (result, style) => `${withoutCommands(renderObservation(result, style))}\n`,
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
        : checkBlocks(report.result, style);
  }
}

/**
 * Build servers obey a line that begins with `::`, however far in, and `##[` or `##vso[` anywhere in
 * a line. Replies are wrapped, so that any word of theirs can begin a line.
 */
function withoutCommands(lines: string): string {
  return lines.replace(/^(\s*):(?=:)/gmu, '$1\\x3a').replace(/#(?=#\w*\[)/gu, '\\x23');
}

function checkBlocks(result: CheckResult, style: Style): readonly string[] {
  const targets = result.targets.map(({ name, judgements, result: run }) => {
    const from = run.pinned === null ? '' : ` (${run.pinned.name} [${run.pinned.address}])`;
    const head = wrapLonger(visible(`${name}${from}`), style.columns).map(style.strong);
    return [...head, ...judgements.flatMap((one) => judgementLines(one, style))].join('\n');
  });
  return [...targets, summaryLines(result, style).join('\n')];
}

function judgementLines(judgement: Judgement, style: Style): readonly string[] {
  const { outcome, expectation, expected, found, reason } = judgement;
  const told =
    outcome === 'passed'
      ? `${expectation}: ${found}`
      : `${expectation}: expected ${expected}; found ${found}`;
  const why = reason === null ? '' : ` [${reason}]`;
  const label = `  ${outcome}`;
  const values = outcome === 'failed' ? valueTexts(judgement, ' = ') : [];
  const [first = '', ...rest] = hanging(label, visible(`${told}${why}`), 14, style.columns);
  return [
    `  ${paint(outcome, style)(outcome)}${first.slice(label.length)}`,
    ...rest,
    ...values.flatMap((value) => hanging('', visible(value), 14, style.columns)),
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
