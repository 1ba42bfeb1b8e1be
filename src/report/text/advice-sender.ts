import type { RemedyAdvice, SenderAdvice } from '../../core/advice/sender-advice-schema.js';
import { formatDuration } from '../../model/values/duration.js';
import { CONFIDENCE_WORDS, sourceText, VERDICT_WORDS } from './advice-table.js';
import type { Style } from './style.js';
import { hanging, listed, strongLines, wrapText } from './wrap.js';

/** One sender in full: what becomes of its mail, what to set, where the numbers are from. */
export function renderSender(sender: SenderAdvice, style: Style): string[] {
  const { remedy } = sender;
  const notes = [
    ...sender.notes,
    ...(sender.nextHostInSameRun === true ? [NEXT_HOST] : []),
    ...sender.otherReadings.map(
      (reading) =>
        `By ${reading.says}: ${readingWords(reading)} (${CONFIDENCE_WORDS[reading.confidence]}).`,
    ),
  ];
  return [
    ...strongLines(sender.name, style),
    ...indented(`${sender.says}${givesUp(sender)}`, style),
    ...notes.flatMap((note) => listed(note, style.columns)),
    ...(sender.verdict === 'unknown' ? sender.settings : []).flatMap((setting) =>
      listed(
        `${setting.name}: ${settingWords(setting)} (${CONFIDENCE_WORDS[setting.confidence]})`,
        style.columns,
      ),
    ),
    ...(remedy === null ? [] : remedyLines(remedy, style)),
    ...(remedy === null && sender.verdict === 'lands'
      ? indented('Nothing has to be set.', style)
      : []),
    ...(sender.verdict === 'lands' ? [] : sender.otherwise).flatMap((way) =>
      listed(way, style.columns),
    ),
    ...hanging('', `Source: ${sourceText(sender)}`, 2, style.columns).map(style.faint),
  ];
}

/** Units that are part of how the value is written. */
const UNWRITTEN_UNITS: readonly string[] = [
  'time',
  'timespan',
  'duration',
  'Go duration',
  'list',
  'rule',
  'bool',
  'count',
];

function settingWords({ value, unit }: SenderAdvice['settings'][number]): string {
  if (value === null) return 'not known';
  return UNWRITTEN_UNITS.includes(unit) ? String(value) : `${value} ${unit}`;
}

const NEXT_HOST =
  'Goes on to the next mail host in the same run: hosts with databases of their own each count.';

function readingWords(reading: SenderAdvice['otherReadings'][number]): string {
  const { earliestSeconds, latestSeconds, verdict } = reading;
  const words = VERDICT_WORDS[verdict];
  if (earliestSeconds === null || latestSeconds === null) return words;
  const from = formatDuration(earliestSeconds);
  const to = formatDuration(latestSeconds);
  return `${words} after ${from === to ? from : `${from} to ${to}`}`;
}

/** When it gives up; how sure that is, unless as sure as the rest; never without `not verified`. */
function givesUp(sender: SenderAdvice): string {
  const { givesUpAfterSeconds: after, giveUpConfidence: sure, confidence, verdict } = sender;
  if (verdict === 'gives-up-first') return '';
  if (after === null) return verdict === 'unknown' ? '' : ' When it gives up is not known.';
  const known = sure === undefined || (sure === confidence && sure !== 'memory');
  const words = known ? '' : ` (${CONFIDENCE_WORDS[sure]})`;
  return ` Gives up after ${formatDuration(after)}${words}.`;
}

function remedyLines(remedy: RemedyAdvice, style: Style): string[] {
  const [from, to] = remedy.landsSeconds ?? [0, 0];
  const when =
    from === to ? formatDuration(from) : `${formatDuration(from)} to ${formatDuration(to)}`;
  const why = remedy.needed ? 'So that it lands' : 'Not needed; so that it lands sooner';
  return [
    ...indented(`${why} (after ${when}):`, style),
    ...remedy.paste.map((line) => `      ${line}`),
    ...indented(`Price: ${remedy.price}`, style),
  ];
}

function indented(text: string, style: Style): string[] {
  return wrapText(text, style.columns - 2).map((line) => `  ${line}`);
}
