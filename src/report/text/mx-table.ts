import type { MxResult } from '../../contract/mx-result.js';
import { mailHostsSentence } from '../../model/mail-hosts-sentence.js';
import { escapeControl } from '../../model/values/escape.js';
import { PLAIN, type Style } from './style.js';
import { hanging, pieces, wrapText } from './wrap.js';

const GAP = '  ';
const TITLES = ['pref', 'mail host', 'address', 'note'] as const;
const LEAST_NAME = 14;

/** The mail hosts of a domain for people: a sentence, a table, the warnings. */
export function renderMx(result: MxResult, style: Style = PLAIN): string {
  const warnings = result.warnings.flatMap(({ message }) => {
    const [first = '', ...rest] = wrapText(
      escapeControl(message),
      style.columns - 'Warning: '.length,
    );
    return [`${style.warning('Warning:')} ${first}`, ...rest.map((line) => `         ${line}`)];
  });
  const blocks = [
    wrapText(mailHostsSentence(result), style.columns).map((line) => style.strong(line)),
    result.hosts.length === 0 ? [] : table(result, style),
    warnings,
  ];
  return blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n');
}

interface Row {
  readonly preference: string;
  readonly name: string;
  readonly addresses: readonly string[];
  readonly note: string;
}

function table(result: MxResult, style: Style): readonly string[] {
  const rows = result.hosts.map((host) => ({
    preference: host.origin === 'mx' ? String(host.preference) : '-',
    name: escapeControl(host.name),
    addresses: host.addresses.length === 0 ? ['-'] : host.addresses,
    note: noteOf(result, host.name),
  }));
  const widths = columnWidths(rows, style.columns);
  if (widths === null) {
    const heading = style.faint(`${TITLES[0]}${GAP}${TITLES[1]}`);
    return [heading, ...rows.flatMap((row) => listEntry(row, style.columns))];
  }
  const heading = cells(TITLES, widths).map((line) => style.faint(line));
  return [...heading, ...rows.flatMap((row) => rowLines(row, widths, style.columns))];
}

type Widths = readonly [preference: number, name: number, address: number, note: number];

/** The name gives way: it can stand on a line of its own. Null where not enough is left for names. */
function columnWidths(rows: readonly Row[], columns: number): Widths | null {
  const widest = (title: string, texts: readonly string[]) =>
    Math.max(title.length, ...texts.map((text) => text.length));
  const [preferenceTitle, nameTitle, addressTitle, noteTitle] = TITLES;
  const preference = widest(
    preferenceTitle,
    rows.map((row) => row.preference),
  );
  const address = widest(
    addressTitle,
    rows.flatMap((row) => row.addresses),
  );
  const note = widest(
    noteTitle,
    rows.map((row) => row.note),
  );
  const left = columns - preference - address - note - 3 * GAP.length;
  if (left < LEAST_NAME) return null;
  return [
    preference,
    Math.max(
      nameTitle.length,
      Math.min(
        left,
        widest(
          nameTitle,
          rows.map((row) => row.name),
        ),
      ),
    ),
    address,
    note,
  ];
}

/** A host in few columns: its addresses and what is wrong stand below its name. */
function listEntry({ preference, name, addresses, note }: Row, columns: number): readonly string[] {
  const label = `${preference.padStart(TITLES[0].length)}${GAP}`;
  const facts = [...addresses, note].filter((text) => text !== '' && text !== '-');
  return [
    ...hanging(label, name, label.length, columns),
    ...facts.flatMap((text) => hanging('', text, label.length + GAP.length, columns)),
  ];
}

function rowLines(row: Row, widths: Widths, columns: number): readonly string[] {
  const [, nameWidth] = widths;
  const preference = row.preference.padStart(widths[0]);
  const [address = '', ...others] = row.addresses;
  const more = others.flatMap((other) => cells(['', '', other, ''], widths));
  if (row.name.length <= nameWidth) {
    return [...cells([preference, row.name, address, row.note], widths), ...more];
  }
  return [
    ...pieces(row.name, columns - widths[0] - GAP.length).flatMap((piece, n) =>
      cells([n === 0 ? preference : '', piece, '', ''], widths),
    ),
    ...cells(['', '', address, row.note], widths),
    ...more,
  ];
}

function cells(texts: readonly [string, string, string, string], widths: Widths): [string] {
  return [
    texts
      .map((text, n) => text.padEnd(widths[n] ?? 0))
      .join(GAP)
      .trimEnd(),
  ];
}

/** What the warnings say about a host, in a word or two; the worst only. */
const NOTES: readonly (readonly [code: string, note: string])[] = [
  ['mx-is-address', 'an address'],
  ['mx-bad-name', 'bad name'],
  ['mx-lookup-failed', 'DNS failed'],
  ['mx-no-address', 'no address'],
  ['mx-is-alias', 'alias'],
  ['mx-address-not-public', 'not public'],
  ['mx-duplicate', 'twice'],
];

function noteOf(result: MxResult, host: string): string {
  const codes = new Set(
    result.warnings.filter((warning) => warning.host === host).map(({ code }) => code),
  );
  return NOTES.find(([code]) => codes.has(code))?.[1] ?? '';
}
