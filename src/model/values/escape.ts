/*
 * The one place where words of others are made safe to show: what a mail host said, what stands in a
 * file, a name, an argument. Formats add what their own syntax needs on top of it.
 */

/**
 * One line of valid Unicode that no terminal, log reader or build server takes for anything but text.
 * Control characters (ESC, the C1 set, line ends), characters that reorder or hide text, lone
 * surrogates and noncharacters come out as visible escapes, by `write`. So does the beginning of what
 * build servers obey: `##[error]`, `##vso[` and `##teamcity[` anywhere in a line, `::error::` where a
 * line begins with it, which wrapping can bring about.
 */
export function escapeControl(text: string, write = codePoint): string {
  return text.replace(HIDDEN, write).replace(OBEYED, write);
}

/** What was given, as an error quotes it: safe to show, and no longer than 80 characters. */
export function excerpt(text: string): string {
  const visible = escapeControl(text);
  return visible.length <= 80 ? visible : `${visible.slice(0, 77)}...`;
}

/** `\x1b`, or `\u{202e}` beyond Latin-1. */
function codePoint(character: string): string {
  const point = character.codePointAt(0) ?? 0;
  return point <= 0xff ? `\\x${point.toString(16).padStart(2, '0')}` : `\\u{${point.toString(16)}}`;
}

/**
 * The same for a text that greyprobe has laid out itself: its line ends and its colours (SGR) stay.
 * The last guard before a terminal, for what the parts put together.
 */
export function escapeLines(text: string): string {
  return text
    .split(LAYOUT)
    .map((part, index) => (index % 2 === 0 ? escapeControl(part) : part))
    .join('')
    .replace(COMMAND_LINE, (_, blanks: string) => `${blanks}\\x3a:`);
}

/**
 * C0, DEL, C1; bidirectional controls; zero-width and line separators; BOM; what is no character, or
 * half of one.
 */
const HIDDEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are the point
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2064\u2066-\u2069\ufeff]|\p{Surrogate}|\p{Noncharacter_Code_Point}/gu;

/** `##` before a word and a bracket; `::` before the name of a command that ends in `::` as well. */
const OBEYED = /#(?=#\w*\[)|:(?=:[a-z][\w-]*(?:\s[^\n]*)?::)/giu;

/** A line that begins with a command, from whatever parts it was put together. */
const COMMAND_LINE = /^([^\S\n]*)::(?=[a-z][\w-]*(?:\s[^\n]*)?::)/gimu;

/** Line ends, tabs, and colours. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the colours are the point
const LAYOUT = /(\n|\t|\u001b\[[\d;]*m)/u;
