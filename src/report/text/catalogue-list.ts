import type { ListedSender, SendersResult } from '../../contract/senders-result.js';
import type { CatalogueEntry } from '../../core/greylist/catalogue/schema.js';
import { formatDuration } from '../../model/values/duration.js';
import { CONFIDENCE_WORDS, sourceText } from './advice-table.js';
import { knownDuration, renderCatalogueEntry } from './catalogue-text.js';
import { PLAIN, type Style } from './style.js';
import { columnWidths, type LabelledText, tableLine, underLabel } from './table.js';
import { hanging, joined, strongLines, wrapText } from './wrap.js';

/*
 * The catalogues of senders and greylisters as lists: a few entries in full, more as a table with what
 * each rests on and when that was read.
 */

const MOST_IN_FULL = 3;
const LABEL = 15;

export function renderSenders({ senders }: SendersResult, style: Style = PLAIN): string {
  if (senders.length <= MOST_IN_FULL) return joined(senders.map((one) => inFull(one, style)));
  return joined([
    strongLines(`${senders.length} senders, as they are by default`, style),
    table(
      ['id', 'first retries', 'gives up', 'read in', 'read on'],
      senders.map((one) => [
        one.id,
        retriesText(one, 2),
        knownDuration(one.givesUpAfterSeconds),
        CONFIDENCE_WORDS[one.confidence],
        one.checked ?? '',
      ]),
      style,
    ),
    wrapText('One in full: greyprobe senders <id>', style.columns),
  ]);
}

export function renderGreylisters(
  entries: readonly CatalogueEntry[],
  style: Style = PLAIN,
): string {
  if (entries.length <= MOST_IN_FULL) {
    return joined(entries.map((entry) => [renderCatalogueEntry(entry, style)]));
  }
  const head = `${entries.length} greylisters, as they are by default`;
  return joined([
    strongLines(head, style),
    table(
      ['id', 'delay', 'window', 'read in', 'read on'],
      entries.map((entry) => [
        entry.id,
        knownDuration(entry.delaySeconds),
        knownDuration(entry.windowSeconds),
        CONFIDENCE_WORDS[entry.confidence],
        entry.checked,
      ]),
      style,
    ),
    wrapText('One in full: greyprobe greylisters <id>', style.columns),
  ]);
}

/** A table, or each row in words below its id where the columns are few. */
function table(
  titles: readonly string[],
  rows: readonly (readonly string[])[],
  style: Style,
): string[] {
  const widths = columnWidths(titles, rows, { gives: 1, least: 12 }, style.columns);
  if (widths === null) {
    return rows.flatMap(([id = '', ...rest]) => [
      ...wrapText(id, style.columns),
      ...hanging('', rest.filter((cell) => cell !== '').join(', '), 4, style.columns),
    ]);
  }
  return [style.faint(tableLine(titles, widths)), ...rows.map((row) => tableLine(row, widths))];
}

function inFull(sender: ListedSender, style: Style): readonly string[] {
  const rows: readonly LabelledText[] = [
    ...underLabel('Inside', sender.aliases.length === 0 ? [] : [sender.aliases.join(', ')]),
    ['First retries', retriesText(sender, 6)],
    ['Gives up after', knownDuration(sender.givesUpAfterSeconds)],
    ...underLabel('Settings', sender.settings.map(settingText)),
    ...underLabel('Runs the queue', sender.queueRun === null ? [] : [sender.queueRun]),
    ...underLabel('Notes', sender.notes),
    ['Source', sourceText(sender)],
  ];
  return [
    ...strongLines(`${sender.name} (${sender.id})`, style),
    ...rows.flatMap(([label, text]) => hanging(label, text, LABEL, style.columns)),
  ];
}

function settingText({ name, where, value }: ListedSender['settings'][number]): string {
  return `${name} = ${value ?? 'not known'} (${where})`;
}

/** `5 min 1 s to 10 min, 15 min to 25 min, ...` */
function retriesText({ firstRetries }: ListedSender, most: number): string {
  if (firstRetries === null) return 'not known';
  if (firstRetries.length === 0) return 'none';
  const texts = firstRetries.slice(0, most).map(([earliest, latest]) => {
    const [from, to] = [formatDuration(earliest), formatDuration(latest)];
    return from === to ? from : `${from} to ${to}`;
  });
  return [...texts, ...(firstRetries.length > most ? ['...'] : [])].join(', ');
}
