/** Terminals and mails are at least this wide. */
export const WIDTH = 80;

/**
 * East Asian wide and full-width characters and emoji (Unicode UAX 11, in blocks): two columns in a
 * terminal. Marks that combine with the character before them take none.
 */
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const COMBINING = /\p{Mn}|\p{Me}/u;
const ASCII = /^[ -~]*$/u;

/** Columns that text takes in a terminal. */
export function columnsOf(text: string): number {
  if (ASCII.test(text)) return text.length;
  return [...text].reduce((sum, character) => sum + columnsOfOne(character), 0);
}

function columnsOfOne(character: string): number {
  if (COMBINING.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
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

/** A label, then text that hangs beside it: all of it in `width` columns. */
export function hanging(label: string, text: string, indent: number, width: number): string[] {
  return wrapText(text, width - indent).map(
    (line, index) => `${(index === 0 ? label : '').padEnd(indent)}${line}`,
  );
}

/** Cuts to `width` columns, with `...` in the last three. */
export function shorten(text: string, width: number): string {
  if (columnsOf(text) <= width) return text;
  return `${pieces(text, Math.max(0, width - 3))[0] ?? ''}...`;
}

/** Cuts text into pieces of at most `width` columns, never inside a character. */
export function pieces(text: string, width: number): readonly string[] {
  const cut: string[] = [];
  let piece = '';
  let columns = 0;
  for (const character of text) {
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
