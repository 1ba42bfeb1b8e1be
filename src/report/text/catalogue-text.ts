import type {
  AutoWhitelist,
  CatalogueEntry,
  Signature,
} from '../../core/greylist/catalogue/schema.js';
import { formatDuration } from '../../model/values/duration.js';
import { escapeControl } from '../../model/values/escape.js';
import { PLAIN, type Style } from './style.js';
import { type LabelledText, tableLine, underLabel } from './table.js';
import { hanging, strongLines, wrapText } from './wrap.js';

const LABEL = 12;

/** All entries as a table, or as a list in few columns: greylisters with their times, then look-alikes. */
export function renderCatalogue(entries: readonly CatalogueEntry[], style: Style = PLAIN): string {
  const greylisters = entries.filter(({ kind }) => kind === 'greylister');
  const others = entries.filter(({ kind }) => kind === 'look-alike');
  return [
    ...strongLines(
      `${greylisters.length} greylisters, with the delays and windows that they ship with`,
      style,
    ),
    ...line(['id', 'delay', 'window', 'name'], style).map(style.faint),
    ...greylisters.flatMap((entry) =>
      line(
        [
          entry.id,
          knownDuration(entry.delaySeconds),
          knownDuration(entry.windowSeconds),
          entry.name,
        ],
        style,
      ),
    ),
    '',
    style.strong(`${others.length} replies that look alike`),
    ...line(['id', 'class', '', 'name'], style).map(style.faint),
    ...others.flatMap((entry) => line([entry.id, entry.class, '', entry.name], style)),
    '',
    ...wrapText('One entry in full: greyprobe explain --id <id>', style.columns),
  ].join('\n');
}

/** One entry in full. */
export function renderCatalogueEntry(entry: CatalogueEntry, style: Style = PLAIN): string {
  const rows: readonly LabelledText[] = [
    ['Class', `${entry.class} (${entry.kind})`],
    ['Delay', knownDuration(entry.delaySeconds)],
    ['Window', knownDuration(entry.windowSeconds)],
    ['Whitelist', knownDuration(entry.whitelistSeconds)],
    ...autoWhitelistRows(entry),
    ['Keys on', withNote(entry.key.parts.join(', ') || 'not known', entry.key.note)],
    ['Early retry', withNote(entry.earlyRetry.effect, entry.earlyRetry.note)],
    ['State', entry.state],
    ['Hint', entry.hint === null ? 'none' : `${entry.hint.shape} (${entry.hint.meaning})`],
    ...underLabel('Traps', entry.traps),
    ...underLabel('Replies', entry.signatures.map(signatureText)),
    ['Source', `${entry.source} (${CONFIDENCE_WORDS[entry.confidence]}, ${entry.checked})`],
  ];
  return [
    ...strongLines(`${entry.name} (${entry.id})`, style),
    ...rows.flatMap(([label, text]) => hanging(label, escapeControl(text), LABEL, style.columns)),
  ].join('\n');
}

const CONFIDENCE_WORDS = {
  source: "read in the program's source",
  docs: 'read in documents',
  memory: 'from memory, not verified',
} as const;

/** What passes open besides their own tuple, one a line. */
function autoWhitelistRows({ kind, autoWhitelist }: CatalogueEntry): LabelledText[] {
  if (kind !== 'greylister') return [];
  const says = autoWhitelist?.map(autoWhitelistText) ?? ['not known'];
  return underLabel('Passes open', says.length === 0 ? ['nothing but the same tuple'] : says);
}

/** `the client for 35 d, after 5 tries that passed, each at least 1 h after the last` */
export function autoWhitelistText(entry: AutoWhitelist): string {
  const { afterPasses, counted, apartSeconds, of, lastsSeconds, shipped, note } = entry;
  const many = afterPasses === null ? 'some' : String(afterPasses);
  const passed = afterPasses === 1 ? 'the first pass' : `${many} ${counted} that passed`;
  const parts = [
    `the ${of.join(' and ')}${lastsSeconds === null ? '' : ` for ${knownDuration(lastsSeconds)} after its last use`}`,
    `after ${passed}`,
    ...(apartSeconds === 0 ? [] : [`each at least ${knownDuration(apartSeconds)} after the last`]),
    ...(shipped ? [] : ['off as shipped']),
  ];
  return withNote(parts.join(', '), note);
}

function withNote(text: string, note: string | null): string {
  return note === null ? text : `${text}: ${note}`;
}

function signatureText(signature: Signature): string {
  const codes =
    signature.enhanced === null ? signature.code : `${signature.code} ${signature.enhanced}`;
  const stages = signature.stages.length === 0 ? '' : ` (at ${signature.stages.join(', ')})`;
  return `${codes} ${signature.sample}${stages}`;
}

export function knownDuration(seconds: number | null): string {
  return seconds === null ? 'not known' : formatDuration(seconds);
}

const WIDTHS = [26, 10, 10] as const;
const LEAST_NAME = 24;

/** Cells in their columns; all below the id where the name would be cut too short. */
function line(
  cells: readonly [string, string, string, string],
  { columns }: Style,
): readonly string[] {
  const [id, second, third, name] = cells;
  const [idWidth, one, other] = WIDTHS;
  const [words, widths] =
    third === ''
      ? [[second], [one + 1 + other]]
      : [
          [second, third],
          [one, other],
        ];
  const left = columns - idWidth - one - other - 3;
  if (left >= LEAST_NAME) {
    return [tableLine([id, ...words, name], [idWidth, ...widths, left], ' ')];
  }
  const rest = [second, third, name].filter((cell) => cell !== '').join(', ');
  return [id, ...hanging('', rest, 4, columns)];
}
