/** What pictures, tables and sentences are drawn with, as ASCII of the same width. */
const SIGNS: Readonly<Record<string, string>> = {
  '─': '-',
  '░': '.',
  '▓': '#',
  '‹': '<',
  '§': 's',
};

/**
 * A text for people as a terminal shows it that has no more than ASCII: our own signs as their like, and
 * what others wrote as escapes. `░ accepted, RFC 6647 §5` gives `. accepted, RFC 6647 s5`; `é` gives `\u{e9}`.
 */
export function asciiText(text: string): string {
  return text.replace(
    /\P{ASCII}/gu,
    (sign) => SIGNS[sign] ?? `\\u{${sign.codePointAt(0)?.toString(16)}}`,
  );
}
