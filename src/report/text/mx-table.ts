import type { MxResult } from '../../contract/mx-result.js';
import { mailHostsSentence } from '../../model/mail-hosts-sentence.js';
import { escapeControl } from '../../model/values/escape.js';
import { PLAIN, type Style } from './style.js';
import { columnWidths, GAP, tableLine } from './table.js';
import { hanging, joined, pieces, strongLines, wrapText } from './wrap.js';

const TITLES = ['pref', 'mail host', 'address', 'note'] as const;
/** A name can stand on lines of its own. */
const NAME_GIVES_WAY = { gives: 1, least: 14 };

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
    strongLines(mailHostsSentence(result), style),
    result.hosts.length === 0 ? [] : table(result, style),
    warnings,
  ];
  return joined(blocks);
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
  const widths = columnWidths(TITLES, rows.flatMap(cellsOf), NAME_GIVES_WAY, style.columns);
  if (widths === null) {
    const heading = style.faint(`${TITLES[0]}${GAP}${TITLES[1]}`);
    return [heading, ...rows.flatMap((row) => listEntry(row, style.columns))];
  }
  const lines = rows.flatMap((row) => rowLines(row, widths, style.columns));
  return [style.faint(tableLine(TITLES, widths)), ...lines];
}

/** Cells line by line: the host with its first address, then its other addresses. */
function cellsOf({ preference, name, addresses, note }: Row): string[][] {
  return addresses.map((address, n) =>
    n === 0 ? [preference, name, address, note] : ['', '', address, ''],
  );
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

/** A name that is too long stands on lines of its own. */
function rowLines(row: Row, widths: readonly number[], columns: number): readonly string[] {
  const [preferenceWidth = 0, nameWidth = 0] = widths;
  const preference = row.preference.padStart(preferenceWidth);
  const lines = (name: string, first: string) =>
    cellsOf({ ...row, name, preference: first }).map((cells) => tableLine(cells, widths));
  if (row.name.length <= nameWidth) return lines(row.name, preference);
  const left = columns - preferenceWidth - GAP.length;
  return [
    ...pieces(row.name, left).map((piece, n) =>
      tableLine([n === 0 ? preference : '', piece], [preferenceWidth, left]),
    ),
    ...lines('', ''),
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
