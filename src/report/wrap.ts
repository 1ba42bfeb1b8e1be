/** Terminals and mails are at least this wide. */
export const WIDTH = 80;

/** Breaks text into lines of at most `width` columns, at blanks; a longer word is cut. */
export function wrapText(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').flatMap((long) => pieces(long, width))) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
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

/** Cuts to `width` characters, with `...` in the last three. */
export function shorten(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 3))}...`;
}

/** Cuts text into pieces of at most `width` characters. */
export function pieces(text: string, width: number): readonly string[] {
  const cut: string[] = [];
  for (let at = 0; at < text.length; at += width) cut.push(text.slice(at, at + width));
  return cut;
}
