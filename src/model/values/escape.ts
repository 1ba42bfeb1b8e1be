/**
 * Makes text from the wire safe to show: control characters, including ESC and the C1 set, and
 * characters that reorder or hide text come out as visible escapes, by `write`.
 */
export function escapeControl(text: string, write = codePoint): string {
  return text.replace(HIDDEN, write);
}

/** `\x1b`, or `\u{202e}` beyond Latin-1. */
export function codePoint(character: string): string {
  const point = character.codePointAt(0) ?? 0;
  return point <= 0xff ? `\\x${point.toString(16).padStart(2, '0')}` : `\\u{${point.toString(16)}}`;
}

/** C0, DEL, C1; bidirectional controls; zero-width and line separators; BOM. */
const HIDDEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are the point
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2064\u2066-\u2069\ufeff]/gu;
