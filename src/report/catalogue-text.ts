import type { CatalogueEntry, Signature } from '../greylist/catalogue/schema.js';
import { formatDuration } from '../values/duration.js';
import { escapeControl } from '../values/escape.js';
import type { TextStyle } from './explain-text.js';
import { hanging, shorten } from './wrap.js';

const WIDTH = 80;
const LABEL = 12;

const PLAIN: TextStyle = {
  strong: (text) => text,
  faint: (text) => text,
  warning: (text) => text,
};

/** All entries as a table of at most 80 columns: greylisters with their times, then look-alikes. */
export function renderCatalogue(
  entries: readonly CatalogueEntry[],
  style: TextStyle = PLAIN,
): string {
  const greylisters = entries.filter(({ kind }) => kind === 'greylister');
  const others = entries.filter(({ kind }) => kind === 'look-alike');
  return [
    style.strong(
      `${greylisters.length} greylisters, with the delays and windows that they ship with`,
    ),
    style.faint(line(['id', 'delay', 'window', 'name'])),
    ...greylisters.map((entry) =>
      line([entry.id, time(entry.delaySeconds), time(entry.windowSeconds), entry.name]),
    ),
    '',
    style.strong(`${others.length} replies that look alike`),
    style.faint(line(['id', 'class', '', 'name'])),
    ...others.map((entry) => line([entry.id, entry.class, '', entry.name])),
    '',
    'One entry in full: greyprobe explain --id <id>',
  ].join('\n');
}

/** One entry in full. */
export function renderCatalogueEntry(entry: CatalogueEntry, style: TextStyle = PLAIN): string {
  const rows: readonly (readonly [string, string])[] = [
    ['Class', `${entry.class} (${entry.kind})`],
    ['Delay', time(entry.delaySeconds)],
    ['Window', time(entry.windowSeconds)],
    ['Whitelist', time(entry.whitelistSeconds)],
    ['Keys on', withNote(entry.key.parts.join(', ') || 'not known', entry.key.note)],
    ['Early retry', withNote(entry.earlyRetry.effect, entry.earlyRetry.note)],
    ['State', entry.state],
    ['Hint', entry.hint === null ? 'none' : `${entry.hint.shape} (${entry.hint.meaning})`],
    ...entry.traps.map((trap, index) => [index === 0 ? 'Traps' : '', trap] as const),
    ...entry.signatures.map(
      (signature, index) => [index === 0 ? 'Replies' : '', signatureText(signature)] as const,
    ),
    ['Source', `${entry.source} (${CONFIDENCE_WORDS[entry.confidence]})`],
  ];
  return [
    style.strong(`${entry.name} (${entry.id})`),
    ...rows.flatMap(([label, text]) => hanging(label, escapeControl(text), LABEL, WIDTH)),
  ].join('\n');
}

const CONFIDENCE_WORDS = {
  source: "read in the program's source",
  docs: 'read in documents',
  memory: 'from memory, not verified',
} as const;

function withNote(text: string, note: string | null): string {
  return note === null ? text : `${text}: ${note}`;
}

function signatureText(signature: Signature): string {
  const codes =
    signature.enhanced === null ? signature.code : `${signature.code} ${signature.enhanced}`;
  const stages = signature.stages.length === 0 ? '' : ` (at ${signature.stages.join(', ')})`;
  return `${codes} ${signature.sample}${stages}`;
}

function time(seconds: number | null): string {
  return seconds === null ? 'not known' : formatDuration(seconds);
}

const WIDTHS = [26, 10, 10] as const;

function line(cells: readonly [string, string, string, string]): string {
  const [id, second, third, name] = cells;
  const middle =
    third === ''
      ? second.padEnd(WIDTHS[1] + WIDTHS[2] + 1)
      : `${second.padEnd(WIDTHS[1])} ${third.padEnd(WIDTHS[2])}`;
  const start = `${id.padEnd(WIDTHS[0])} ${middle} `;
  return `${start}${shorten(name, WIDTH - start.length)}`.trimEnd();
}
