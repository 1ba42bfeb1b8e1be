import type { ProbeResult } from '../../contract/probe-result.js';
import { escapeControl } from '../../model/values/escape.js';
import { type NextStep, probeAnswer } from '../probe-answer.js';
import type { Again } from '../view.js';
import { PLAIN, type Style } from './style.js';
import { hanging, shorten } from './wrap.js';

/** The answer fits so many lines of 80 columns, so that it can be read beside the command. */
export const SCREEN_LINES = 14;
const LABEL_WIDTH = 9;
/** Of one sentence: what a host says, and how it is called, may be long. */
const MOST_LINES = 2;

/**
 * The answer of a probe, in four slots: what the host does and how sure that is, when a retry passes,
 * what that means for senders, and what to do next, with commands that work as they stand.
 */
export function renderScreen(result: ProbeResult, again: Again, style: Style = PLAIN): string {
  const answer = probeAnswer(result, again);
  const sure = answer.sure === null ? '' : ` ${answer.sure}`;
  const verdict = told('Verdict', `${answer.does}${sure}`, style);
  const before = [
    style.answer(verdict[0] ?? ''),
    ...verdict.slice(1).map(style.answer),
    ...(answer.said === null ? [] : told('', answer.said, style)),
    ...told('When', answer.when, style),
  ];
  const next = answer.next.flatMap((step, index) =>
    stepLines(index === 0 ? 'Next' : '', step, style),
  );
  const senders: string[] = [];
  const most = timesNarrow(style) * SCREEN_LINES;
  for (const [index, words] of answer.senders.entries()) {
    const lines = told(index === 0 ? 'Senders' : '', words, style);
    const full = before.length + senders.length + lines.length + next.length > most;
    if (index > 0 && full) break;
    senders.push(...lines);
  }
  return [...before, ...senders, ...next].join('\n');
}

/** `greylisted, confirmed: mx.example.org [192.0.2.1] greylists ...`: one line, for `--quiet`. */
export function verdictLine({ verdict }: ProbeResult): string {
  return escapeControl(`${verdict.kind}, ${verdict.confidence}: ${verdict.summary}`);
}

/** A number and its unit stay in one line, and so do a flag and its quoted value. */
const TIE = '\u00a0';
const TIED = /(?<=\d) (?=(?:s|min|h|d)\b)|(?<= --[a-z-]+) (?=')/gu;

/** How many lines a narrow terminal needs for one of 80 columns. */
function timesNarrow({ columns }: Style): number {
  return columns < PLAIN.columns ? 2 : 1;
}

function told(label: string, words: string, style: Style): string[] {
  const width = style.columns - LABEL_WIDTH;
  const lines = timesNarrow(style) * MOST_LINES;
  // A word that is moved to the next line leaves room behind it.
  const cut = shorten(escapeControl(words), lines * width - 12);
  return hanging(label, cut.replace(TIED, TIE), LABEL_WIDTH, style.columns).map((line) =>
    line.replaceAll(TIE, ' '),
  );
}

function stepLines(label: string, { says, command }: NextStep, style: Style): string[] {
  if (command === null) return told(label, says, style);
  const line = ['greyprobe', ...command].join(' ');
  const beside = `${label.padEnd(LABEL_WIDTH)}${says}: ${line}`;
  if (beside.length <= style.columns) return [beside];
  return [...told(label, `${says}:`, style), `${' '.repeat(LABEL_WIDTH)}${line}`];
}
