import { createRequire } from 'node:module';
import type { Style } from './style.js';

const ASCII = /^[ -~]*$/u;

/** Columns that text without escape sequences takes in a terminal. */
export function columnsOf(text: string): number {
  if (ASCII.test(text)) return text.length;
  return charactersOf(text).reduce((sum, character) => sum + columnsOfOne(character), 0);
}

let segmenter: Intl.Segmenter | null = null;

/** Characters as people see them: an emoji with its joiners and marks is one (Unicode UAX 29). */
function charactersOf(text: string): string[] {
  if (ASCII.test(text)) return [...text];
  segmenter ??= new Intl.Segmenter();
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

/** Texts say few characters again and again, and to ask whether one is an emoji is slow. */
const WIDTHS = new Map<string, number>();
const MOST_WIDTHS = 2000;

/** Columns of one character. */
function columnsOfOne(character: string): number {
  if (ASCII.test(character)) return 1;
  const known = WIDTHS.get(character);
  if (known !== undefined) return known;
  if (WIDTHS.size >= MOST_WIDTHS) WIDTHS.clear();
  const columns = widthOf(character);
  WIDTHS.set(character, columns);
  return columns;
}

let loaded: typeof import('string-width') | null = null;

/** Its tables of emoji take longer to load than a whole report in ASCII to render. */
function widthOf(character: string): number {
  loaded ??= createRequire(import.meta.url)('string-width');
  return loaded?.default(character) ?? 1;
}

/** Breaks text into lines of at most `width` columns, at blanks; a longer word is cut. */
export function wrapText(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  let columns = 0;
  for (const word of text.split(' ').flatMap((long) => pieces(long, width))) {
    const more = columnsOf(word);
    if (line !== '' && columns + 1 + more > width) {
      lines.push(line);
      [line, columns] = [word, more];
    } else {
      [line, columns] = line === '' ? [word, more] : [`${line} ${word}`, columns + 1 + more];
    }
  }
  return [...lines, line];
}

/** What stands out, in lines that fit. */
export function strongLines(text: string, style: Style): string[] {
  return wrapText(text, style.columns).map(style.strong);
}

/** Breaks text that does not fit; any other stays as it is, its runs of blanks with it. */
export function wrapLonger(text: string, width: number): readonly string[] {
  return columnsOf(text) <= width ? [text] : wrapText(text, width);
}

/** Indent of text below what it belongs to, where it cannot stand beside it. */
const BELOW = 8;

/** Where text begins behind a label: below it where the label takes more than half of the line. */
export function indentWithin(indent: number, width: number): number {
  return indent > width / 2 ? BELOW : indent;
}

/** A label, then text that hangs beside it, or below a wide one: all of it in `width` columns. */
export function hanging(label: string, text: string, indent: number, width: number): string[] {
  const within = indentWithin(indent, width);
  const [first = '', ...rest] = wrapText(text, width - within);
  const lead = ' '.repeat(within);
  const below = rest.map((line) => `${lead}${line}`);
  if (within === indent) return [`${label.padEnd(indent)}${first}`, ...below];
  const above = label.trim() === '' ? [] : [label.trimEnd()];
  return [...above, `${lead}${first}`, ...below];
}

/** An entry of a list, which hangs behind its dash. */
export function listed(text: string, width: number): string[] {
  return hanging('  - ', text, 4, width);
}

/** Entries in lines of at most `width` columns, none of them broken. */
export function flowed(entries: readonly string[], width: number): string[] {
  const lines: string[] = [];
  for (const entry of entries) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 2 + entry.length <= width) {
      lines[lines.length - 1] = `${line}  ${entry}`;
    } else lines.push(entry);
  }
  return lines;
}

/** Blocks of lines with an empty line between them; those without a line are left out. */
export function joined(blocks: readonly (readonly string[])[]): string {
  return blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n');
}

/** Cuts to `width` columns, with `...` in the last three. */
export function shorten(text: string, width: number): string {
  if (columnsOf(text) <= width) return text;
  return `${pieces(text, Math.max(0, width - 3))[0] ?? ''}...`;
}

/** Cuts to `width` columns like `shorten`, but in the middle: names that differ at the end stay apart. */
export function shortenInside(text: string, width: number): string {
  if (columnsOf(text) <= width) return text;
  const tail = tailOf(text, Math.floor((width - 3) / 2));
  const head = pieces(text, width - 3 - columnsOf(tail))[0] ?? '';
  return `${head}...${tail}`;
}

function tailOf(text: string, width: number): string {
  const characters = charactersOf(text);
  let from = characters.length;
  for (let left = width; from > 0; from -= 1) {
    left -= columnsOfOne(characters[from - 1] ?? '');
    if (left < 0) break;
  }
  return characters.slice(from).join('');
}

/** Cuts text into pieces of at most `width` columns, never inside a character. */
export function pieces(text: string, width: number): readonly string[] {
  const cut: string[] = [];
  let piece = '';
  let columns = 0;
  for (const character of charactersOf(text)) {
    const more = columnsOfOne(character);
    if (columns + more > width) {
      cut.push(piece);
      [piece, columns] = ['', 0];
    }
    piece += character;
    columns += more;
  }
  return piece === '' ? cut : [...cut, piece];
}
