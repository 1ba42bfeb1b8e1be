import type { ExplainedFinding, ExplainResult, LogSummary } from '../../contract/explain-result.js';
import { formatDuration } from '../../model/values/duration.js';
import { escapeControl } from '../../model/values/escape.js';
import { PLAIN, type Style } from './style.js';
import { GAP, tableLine } from './table.js';
import { hanging, joined, shorten, strongLines, wrapLonger, wrapText } from './wrap.js';

const LABEL = 10;
/** Findings that are written out; the rest is counted. */
const SHOWN = 20;
/** Hypotheses that are written out. */
const SHOWN_HYPOTHESES = 4;
/** Characters of a reply that are written out. */
const SHOWN_REPLY = 600;

/**
 * What an input tells, for people. Only a command may be longer than the lines: it stands on a line
 * of its own, to be copied.
 */
export function renderExplanation(result: ExplainResult, style: Style = PLAIN): string {
  const findings = result.findings.slice(0, SHOWN).map((found, index) => {
    const number = result.findings.length > 1 ? `${index + 1}. ` : '';
    return findingLines(found, number, style);
  });
  const left = result.findings.length - SHOWN;
  const more = left > 0 ? [[`... and ${left} more; --json has them all.`]] : [];
  const log = result.log === null ? [] : logBlocks(result.log, result.input.lines, style);
  const journey = result.journey === undefined ? [] : [journeyBlock(result.journey, style)];
  return joined([...findings, ...more, ...log, ...journey, ...warningBlocks(result, style)]);
}

function findingLines(found: ExplainedFinding, number: string, style: Style): string[] {
  const head = strongLines(`${number}${escapeControl(found.happened)}`, style);
  const where = [found.line === null ? '' : `line ${found.line}`, found.when ?? '']
    .filter((part) => part !== '')
    .join(', ');
  return [
    ...head,
    ...row('Reply', replyText(found), style),
    ...row('Said by', found.saidBy, style),
    ...row('When', where, style),
    ...row('Class', classText(found), style),
    ...otherClasses(found, style),
    ...row('Means', found.meaning, style),
    ...row('It says', hintText(found), style),
    ...toDoLines(found, style),
    ...answerLines(found.answer, found.command, style),
  ];
}

/** What can be done beside what the answer below says, and the command that measures. */
function toDoLines({ answer, actions, command }: ExplainedFinding, style: Style): string[] {
  const said = (action: string) =>
    action === answer?.what || (answer !== undefined && /^(?:Wait|Do not retry)\b/.test(action));
  const others = actions.filter((action) => !said(action));
  return [
    ...others.flatMap((action, index) => row(index === 0 ? 'To do' : '', action, style)),
    ...(command === null ? [] : ['', style.strong(`  ${escapeControl(command)}`)]),
  ];
}

/** The three lines that end an explanation; a command that was shown already is not shown again. */
function answerLines(
  answer: ExplainedFinding['answer'],
  shown: string | null,
  style: Style,
): string[] {
  if (answer === undefined) return [];
  const { command } = answer;
  return [
    '',
    ...row('How long', answer.howLong, style),
    ...row('Sender', answer.thisSender, style),
    ...row('Do', answer.what, style),
    ...(command === null || command === shown
      ? []
      : ['', style.strong(`  ${escapeControl(command)}`)]),
  ];
}

/** The way of a mail that did arrive: a line for each server. */
function journeyBlock(journey: NonNullable<ExplainResult['journey']>, style: Style): string[] {
  return [
    ...wrapText(escapeControl(journey.happened), style.columns).map(style.strong),
    ...journey.hops.flatMap(({ by, at, waitedSeconds }) => {
      const waited = waitedSeconds === null ? '' : `, after ${formatDuration(waitedSeconds)}`;
      return row(at?.slice(11, 19) ?? '?', `${by ?? 'a server that is not named'}${waited}`, style);
    }),
    ...row('Header', journey.greylist?.words ?? '', style),
    ...answerLines(journey.answer, null, style),
  ];
}

function row(label: string, text: string, style: Style): string[] {
  return text === '' ? [] : hanging(label, escapeControl(text), LABEL, style.columns);
}

function replyText(found: ExplainedFinding): string {
  if (found.reply === null) return '';
  const { code, enhanced, text } = found.reply;
  const codes = enhanced === null ? String(code) : `${code} ${enhanced}`;
  const assumed = found.codeAssumed ? ' (the basic code is not in the source: assumed)' : '';
  return `${shorten(`${codes} ${text.join(' / ')}`, SHOWN_REPLY)}${assumed}`;
}

function classText(found: ExplainedFinding): string {
  const [best] = found.hypotheses;
  return best === undefined ? '' : hypothesisText(best);
}

function otherClasses(found: ExplainedFinding, style: Style): string[] {
  const others = found.hypotheses.slice(1, SHOWN_HYPOTHESES);
  return others.flatMap((other, index) =>
    row(index === 0 ? 'Or' : '', hypothesisText(other), style),
  );
}

function hypothesisText(hypothesis: ExplainedFinding['hypotheses'][number]): string {
  const who = hypothesis.implementation === null ? '' : ` (${hypothesis.implementation.name})`;
  const words = shorten(hypothesis.words, 160);
  return `${hypothesis.class}${who}, ${hypothesis.confidence}: "${words}"`;
}

const HINT_MEANING = {
  configured: 'the whole delay as configured',
  remaining: 'the time that is left',
  unknown: 'the whole delay or what is left of it',
} as const;

function hintText(found: ExplainedFinding): string {
  if (found.hint === null) return '';
  const { seconds, meaning, words } = found.hint;
  return `wait ${formatDuration(seconds)}, ${HINT_MEANING[meaning]} ("${words}"): a claim to verify`;
}

function logBlocks(log: LogSummary, lines: number | null, style: Style): string[][] {
  const from = spanText(log.first, log.last);
  const span = from === '' ? '' : `, ${from}`;
  const inLines = lines === null ? '' : ` in ${number(lines)} lines`;
  const unanswered =
    log.withoutReply === 0
      ? ''
      : ` ${number(log.withoutReply)} of them without a reply: no connection, or it broke.`;
  const summary = `${number(log.refusals)} refusals${inLines}${span}.${unanswered}`;
  return [
    strongLines(escapeControl(summary), style),
    classBlock(log, style),
    placeBlock(
      'Refused by',
      log.remoteHosts.map(({ host, ...rest }) => ({ name: host, ...rest })),
      style,
    ),
    placeBlock(
      'Mail to',
      log.destinations.map(({ domain, ...rest }) => ({ name: domain, ...rest })),
      style,
    ),
    textBlock(log, style),
    leftOut(log, style),
    outcomeBlock(log, style),
    commandBlock(log, style),
    answerLines(log.answer, null, style).slice(1),
    log.cut.length === 0
      ? []
      : wrapText(
          `The lists of ${log.cut.join(', ')} were cut to stay small: their counts are lower bounds.`,
          style.columns,
        ).map((line) => style.faint(line)),
  ];
}

/** The lists that are longer than what is shown of them. */
function leftOut(
  { different, remoteHosts, destinations, texts, cut }: LogSummary,
  style: Style,
): string[] {
  const parts =
    different === undefined
      ? []
      : [
          ...restOf(different.remoteHosts, remoteHosts.length, 'hosts'),
          ...restOf(different.destinations, destinations.length, 'destinations'),
          ...restOf(different.texts, texts.length, 'wordings'),
        ];
  if (parts.length === 0) return [];
  const least = cut.length > 0 ? 'at least ' : '';
  return wrapText(`Not shown: ${least}${parts.join(', ')}; --top shows more.`, style.columns).map(
    (line) => style.faint(line),
  );
}

function restOf(all: number, shown: number, what: string): string[] {
  return all > shown ? [`${number(all - shown)} ${what}`] : [];
}

/** How many of the refused were delivered, after how long, and how many were lost. */
function outcomeBlock({ outcomes }: LogSummary, { columns }: Style): string[] {
  if (outcomes === undefined) return [];
  const { delivered, returned, expired, waiting, deliveredAfterSeconds: after } = outcomes;
  const took =
    after === null
      ? ''
      : `, after ${formatDuration(after.shortest)} to ${formatDuration(after.longest)}, half of them within ${formatDuration(after.median)}`;
  const cut = outcomes.cut ? ' More were refused than could be followed.' : '';
  return [
    ...wrapText(
      `Of the refused, ${number(delivered)} were delivered later${took}; ${number(returned + expired)} were returned; of ${number(waiting)} the log does not tell the end.${cut}`,
      columns,
    ),
  ];
}

const COUNT = 9;
const CLASS = 20;
/** Names of hosts and domains are seldom longer. */
const LEAST_NAME = 40;

function classBlock(log: LogSummary, style: Style): string[] {
  return [
    style.faint(`${'count'.padStart(COUNT)}  share  class`),
    ...log.classes.flatMap((entry) => {
      const share = `${Math.round((100 * entry.count) / log.refusals)}%`.padStart(5);
      const here = entry.direction === 'incoming' ? ', refused by this server itself' : '';
      const start = `${number(entry.count).padStart(COUNT)}  ${share}  `;
      return hanging(start, `${className(entry.class)}${here}`, start.length, style.columns);
    }),
  ];
}

interface PlaceRow {
  readonly name: string;
  readonly count: number;
  readonly class: string | null;
  readonly first: string | null;
  readonly last: string | null;
}

function placeBlock(title: string, rows: readonly PlaceRow[], style: Style): string[] {
  if (rows.length === 0) return [];
  return [
    ...placeLines('count', 'mostly', title, style).map(style.faint),
    ...rows.flatMap((entry) => {
      const span = spanText(entry.first, entry.last);
      return [
        ...placeLines(
          number(entry.count),
          className(entry.class),
          escapeControl(entry.name),
          style,
        ),
        ...(span === '' ? [] : spanLines(span, style)),
      ];
    }),
  ];
}

function spanLines(span: string, { columns, faint }: Style): string[] {
  const indent = ' '.repeat(COUNT + 4);
  return wrapLonger(span, columns - indent.length).map((line) => faint(`${indent}${line}`));
}

/** A name behind its numbers, or below them where it would be cut too short. */
function placeLines(count: string, mostly: string, name: string, { columns }: Style): string[] {
  const start = [count.padStart(COUNT), mostly];
  const left = columns - COUNT - CLASS - 2 * GAP.length;
  if (left >= LEAST_NAME) return [tableLine([...start, name], [COUNT, CLASS, left])];
  const indent = ' '.repeat(COUNT + 2);
  return [tableLine(start, [COUNT, CLASS]), `${indent}${shorten(name, columns - indent.length)}`];
}

function textBlock(log: LogSummary, style: Style): string[] {
  if (log.texts.length === 0) return [];
  return [
    ...placeLines('count', 'class', 'reply, as it came first', style).map(style.faint),
    ...log.texts.flatMap((entry) => {
      const { code, enhanced, text } = entry.reply;
      const codes = enhanced === null ? String(code) : `${code} ${enhanced}`;
      const reply = shorten(escapeControl(`${codes} ${text.join(' / ')}`), 300);
      const sure = entry.confidence === null ? '' : `, ${entry.confidence}`;
      const who = entry.implementation === null ? '' : ` (${entry.implementation.name})`;
      return [
        ...hanging(
          `${number(entry.count).padStart(COUNT)}  `,
          `${className(entry.class)}${who}${sure}`,
          COUNT + 2,
          style.columns,
        ),
        ...hanging('', reply, COUNT + 4, style.columns),
      ];
    }),
  ];
}

/** Commands for the destinations where greylisting is the commonest reading; else for the first. */
function commandBlock(log: LogSummary, style: Style): string[] {
  const measurable = log.destinations.filter(({ command }) => command !== null);
  const grey = measurable.filter((entry) => entry.class === 'greylisting');
  const chosen = (grey.length > 0 ? grey : measurable).slice(0, 3);
  if (chosen.length === 0) return [];
  return [
    'To measure:',
    '',
    ...chosen.map(({ command }) => style.strong(`  ${escapeControl(command ?? '')}`)),
  ];
}

function warningBlocks(result: ExplainResult, style: Style): string[][] {
  return result.warnings.map(({ message }) =>
    hanging('Note:', escapeControl(message), 6, style.columns).map((line, index) =>
      index === 0 ? line.replace('Note:', style.warning('Note:')) : line,
    ),
  );
}

/** Times are shown as the log writes them, so they are cut rather than trusted to be short. */
function spanText(first: string | null, last: string | null): string {
  if (first === null) return '';
  const [start, end] = [first, last ?? first].map((when) => escapeControl(when).slice(0, 40));
  return start === end ? `at ${start}` : `${start} to ${end}`;
}

function className(name: string | null): string {
  return name ?? 'no reply';
}

/** Thousands are set apart, as in `12 345`: neither comma nor point, which languages read differently. */
function number(value: number): string {
  return String(value).replace(/\B(?=(?:\d{3})+$)/g, ' ');
}
