import type { ExplainedFinding, ExplainResult, LogSummary } from '../result/explain-result.js';
import { formatDuration } from '../values/duration.js';
import { escapeControl } from '../values/escape.js';
import { hanging, shorten, wrapText } from './wrap.js';

/** Terminals and mails are at least this wide. */
const WIDTH = 80;
const LABEL = 10;
/** Findings that are written out; the rest is counted. */
const SHOWN = 20;
/** Hypotheses that are written out. */
const SHOWN_HYPOTHESES = 4;
/** Characters of a reply that are written out. */
const SHOWN_REPLY = 600;

/** Makes a piece of text bold or the like; the identity where there is no colour. */
export interface TextStyle {
  readonly strong: (text: string) => string;
  readonly faint: (text: string) => string;
  readonly warning: (text: string) => string;
}

const PLAIN: TextStyle = {
  strong: (text) => text,
  faint: (text) => text,
  warning: (text) => text,
};

/**
 * What an input tells, for people, in at most 80 columns. Only a command may be longer: it stands on
 * a line of its own, to be copied.
 */
export function renderExplanation(result: ExplainResult, style: TextStyle = PLAIN): string {
  const findings = result.findings.slice(0, SHOWN).map((found, index) => {
    const number = result.findings.length > 1 ? `${index + 1}. ` : '';
    return findingLines(found, number, style);
  });
  const left = result.findings.length - SHOWN;
  const more = left > 0 ? [[`... and ${left} more; --json has them all.`]] : [];
  const log = result.log === null ? [] : logBlocks(result.log, result.input.lines, style);
  return [...findings, ...more, ...log, ...warningBlocks(result, style)]
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n');
}

function findingLines(found: ExplainedFinding, number: string, style: TextStyle): string[] {
  const head = wrapText(`${number}${escapeControl(found.happened)}`, WIDTH).map(style.strong);
  const where = [found.line === null ? '' : `line ${found.line}`, found.when ?? '']
    .filter((part) => part !== '')
    .join(', ');
  return [
    ...head,
    ...row('Reply', replyText(found)),
    ...row('Said by', found.saidBy),
    ...row('When', where),
    ...row('Class', classText(found)),
    ...otherClasses(found),
    ...row('Means', found.meaning),
    ...row('It says', hintText(found)),
    ...row('Next', found.next ?? ''),
    ...found.actions.flatMap((action, index) => row(index === 0 ? 'To do' : '', action)),
    ...(found.command === null ? [] : ['', style.strong(`  ${escapeControl(found.command)}`)]),
  ];
}

function row(label: string, text: string): string[] {
  return text === '' ? [] : hanging(label, escapeControl(text), LABEL, WIDTH);
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

function otherClasses(found: ExplainedFinding): string[] {
  const others = found.hypotheses.slice(1, SHOWN_HYPOTHESES);
  return others.flatMap((other, index) => row(index === 0 ? 'Or' : '', hypothesisText(other)));
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

function logBlocks(log: LogSummary, lines: number | null, style: TextStyle): string[][] {
  const from = spanText(log.first, log.last);
  const span = from === '' ? '' : `, ${from}`;
  const inLines = lines === null ? '' : ` in ${number(lines)} lines`;
  const unanswered =
    log.withoutReply === 0
      ? ''
      : ` ${number(log.withoutReply)} of them without a reply: no connection, or it broke.`;
  const summary = `${number(log.refusals)} refusals${inLines}${span}.${unanswered}`;
  return [
    wrapText(escapeControl(summary), WIDTH).map(style.strong),
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
    commandBlock(log, style),
    log.cut.length === 0
      ? []
      : wrapText(
          `The lists of ${log.cut.join(', ')} were cut to stay small: their counts are lower bounds.`,
          WIDTH,
        ).map((line) => style.faint(line)),
  ];
}

const COUNT = 9;
const CLASS = 20;

function classBlock(log: LogSummary, style: TextStyle): string[] {
  return [
    style.faint(`${'count'.padStart(COUNT)}  share  class`),
    ...log.classes.map((entry) => {
      const share = `${Math.round((100 * entry.count) / log.refusals)}%`.padStart(5);
      const here = entry.direction === 'incoming' ? ', refused by this server itself' : '';
      return `${number(entry.count).padStart(COUNT)}  ${share}  ${className(entry.class)}${here}`;
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

function placeBlock(title: string, rows: readonly PlaceRow[], style: TextStyle): string[] {
  if (rows.length === 0) return [];
  const left = WIDTH - COUNT - CLASS - 4;
  return [
    style.faint(`${'count'.padStart(COUNT)}  ${'mostly'.padEnd(CLASS)}  ${title}`),
    ...rows.flatMap((entry) => {
      const start = `${number(entry.count).padStart(COUNT)}  ${className(entry.class).padEnd(CLASS)}  `;
      const span = spanText(entry.first, entry.last);
      return [
        `${start}${shorten(escapeControl(entry.name), left)}`,
        ...(span === '' ? [] : [style.faint(`${' '.repeat(COUNT + 4)}${span}`)]),
      ];
    }),
  ];
}

function textBlock(log: LogSummary, style: TextStyle): string[] {
  if (log.texts.length === 0) return [];
  return [
    style.faint(`${'count'.padStart(COUNT)}  ${'class'.padEnd(CLASS)}  reply, as it came first`),
    ...log.texts.flatMap((entry) => {
      const { code, enhanced, text } = entry.reply;
      const codes = enhanced === null ? String(code) : `${code} ${enhanced}`;
      const reply = shorten(escapeControl(`${codes} ${text.join(' / ')}`), 300);
      const sure = entry.confidence === null ? '' : `, ${entry.confidence}`;
      const who = entry.implementation === null ? '' : ` (${entry.implementation.name})`;
      return [
        `${number(entry.count).padStart(COUNT)}  ${className(entry.class)}${who}${sure}`,
        ...wrapText(reply, WIDTH - COUNT - 4).map((line) => `${' '.repeat(COUNT + 4)}${line}`),
      ];
    }),
  ];
}

/** Commands for the destinations where greylisting is the commonest reading; else for the first. */
function commandBlock(log: LogSummary, style: TextStyle): string[] {
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

function warningBlocks(result: ExplainResult, style: TextStyle): string[][] {
  return result.warnings.map(({ message }) =>
    hanging('Note:', escapeControl(message), 6, WIDTH).map((line, index) =>
      index === 0 ? line.replace('Note:', style.warning('Note:')) : line,
    ),
  );
}

/** Times are shown as the log writes them, so they are cut rather than trusted to be short. */
function spanText(first: string | null, last: string | null): string {
  if (first === null) return '';
  const [start, end] = [first, last ?? first].map((when) => escapeControl(when).slice(0, 30));
  return start === end ? `at ${start}` : `${start} to ${end}`;
}

function className(name: string | null): string {
  return name ?? 'no reply';
}

/** Thousands are set apart, as in `12 345`: neither comma nor point, which languages read differently. */
function number(value: number): string {
  return String(value).replace(/\B(?=(?:\d{3})+$)/g, ' ');
}
