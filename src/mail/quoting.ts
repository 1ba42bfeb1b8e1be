import { beginsProse } from './bounces/reply-end.js';
import { withoutHtml } from './html-words.js';
import { readStamp } from './logs/timestamps.js';

/** Marks of a quotation: `> `, `> > `, `>> `. Three without a blank are sendmail's `>>> RCPT To:`. */
const MARKS = /^(?:[ \t]?>(?!>>) ?)+/;
/** `| `; a row of a table has more of them. */
const BAR = /^[ \t]?\|(?: |$)(?=[^|]*$)/;
/** One line that begins with `>` may be the bracket that closes a status. */
const LEAST_LINES = 2;

/** What somebody copied, as it was before mail programs and forums changed it. */
export function asItStood(text: string): string {
  return logAsItStood(withoutEmphasis(withoutQuoteMarks(withoutHtml(text))));
}

/** The same for what is a log from its first line on. */
export function logAsItStood(text: string): string {
  const plain = text.replace(COLOURS, '');
  const bare = ESCAPED_ADDRESS.test(plain) ? withoutHtml(plain) : plain;
  return withLogLinesWhole(withoutForumTags(withoutLinks(bare)));
}

/** What `grep` and others write for a terminal, also where the escape itself was lost. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the escape is what is looked for
const COLOURS = /\x1b\[[\d;]{0,20}[A-Za-z]|\[\d\d;\d\dm\[K|\[m\[K/g;

const ESCAPED_ADDRESS = /&lt;[^&\s]{1,320}@/;

/** The text as it was before somebody quoted it in an answer. */
export function withoutQuoteMarks(text: string): string {
  const lines = text.split(/\r?\n/);
  const marks = [MARKS, BAR].find(
    (mark) => lines.filter((line) => mark.test(line)).length >= LEAST_LINES,
  );
  return marks === undefined ? text : lines.map((line) => line.replace(marks, '')).join('\n');
}

/** Addresses and hosts that a program made links of: `<mailto:u@e|u@e>`, `u@e<mailto:u@e>`. */
function withoutLinks(text: string): string {
  return text
    .replace(/(?<=[\w.-])<mailto:[^<>\s]{1,400}>/gi, '')
    .replace(/<mailto:([^<>|\s]{1,320})(?:\|[^<>]{0,320})?>/gi, '<$1>')
    .replace(/<https?:\/\/[^<>|\s]{1,400}\|([^<>]{1,320})>/gi, '$1');
}

/** Bold and code marks of a forum around the parts of a log line. */
const EMPHASIS = /(\*\*|\*|`)(\S(?:.{0,200}?\S)?)\1/g;

/** A line set as code, perhaps in a list. */
const CODE_LINE = /^\s{0,8}(?:[-*+] |\d{1,3}[.)] )?(`{1,3})(.*)\1\s{0,8}$/;
const LOOKS_LOGGED = /\]: |\[[\da-f.:]{3,45}\]/;

/** Lines of a log as they were before somebody set parts of them in bold. */
function withoutEmphasis(text: string): string {
  return text
    .split('\n')
    .map((line) =>
      LOOKS_LOGGED.test(line) ? line.replace(CODE_LINE, '$2').replace(EMPHASIS, '$2') : line,
    )
    .join('\n');
}

/** Tags of forums around what was copied. */
const FORUM_TAGS = /\[\/?(?:code|quote|b|i|u|pre|noparse|color|size|font)(?:=[^\]\n]{0,60})?\]/gi;

/** The text without the tags of a forum: `[CODE]...[/CODE]`. */
function withoutForumTags(text: string): string {
  return text.replace(FORUM_TAGS, '');
}

/** Lines of mail programs and forums are no longer. */
const WIDEST_WRAP = 100;
const TERMINAL_WIDTHS = [80, 100];
/** A line that is shorter was ended by somebody. */
const LEAST_WRAPPED = 50;

/**
 * Lines of a log as they were before a mail program wrapped them. What goes on stands below a line that
 * begins with a time, and its first word would not have fitted above. Lines keep their numbers: those
 * that went up are left empty.
 */
function withLogLinesWhole(text: string): string {
  const lines = text.split('\n');
  for (let first = 0; first < lines.length; first += 1) {
    const end = endOfWrapped(lines, first);
    if (end === first) continue;
    const group = lines.slice(first, end + 1).map((line) => line.trim());
    lines[first] = group.join(isCutByWidth(group) ? '' : ' ');
    lines.fill('', first + 1, end + 1);
    first = end;
  }
  return lines.join('\n');
}

/** Where the line that begins here ends: the same place for one that was not wrapped. */
function endOfWrapped(lines: readonly string[], first: number): number {
  if (readStamp(lines[first] ?? '') === null) return first;
  let end = first;
  for (let joined = lines[first] ?? ''; isMore(joined, lines[end + 1] ?? ''); end += 1) {
    joined += lines[end + 1];
  }
  const width = (to: number) =>
    Math.max(...lines.slice(first, to + 1).map((line) => line.trimEnd().length));
  while (end > first && !wasFull(lines, first, end, width(end))) end -= 1;
  return end;
}

/** No sentence ends so: a mark, a code. */
const GOES_ON = /(?:[,:;=(]|\s[45]\d\d|\s\d\.\d{1,3}\.\d{1,3})\s*$/;

/** Whether a line can be more of what stands above: in its brackets, or not the begin of a sentence. */
function isMore(above: string, line: string): boolean {
  const words = line.trim();
  if (words === '' || readStamp(words) !== null) return false;
  const isOpen = above.split('(').length > above.split(')').length;
  return (
    isOpen ||
    GOES_ON.test(above) ||
    /^[A-Z]=/.test(words) ||
    !(beginsProse(words) || /^\p{Lu}/u.test(words))
  );
}

/** Whether no line from `first` up to `end` had room for the first word of the next one. */
function wasFull(lines: readonly string[], first: number, end: number, width: number): boolean {
  if (width > WIDEST_WRAP) return false;
  for (let at = first; at < end; at += 1) {
    const length = (lines[at] ?? '').trimEnd().length;
    const word = /^\s*(\S+)/.exec(lines[at + 1] ?? '')?.[1] ?? '';
    if (length < LEAST_WRAPPED && word.length < LEAST_WRAPPED) return false;
    if (length + 1 + word.length <= width) return false;
  }
  return true;
}

/** A terminal cuts at its width, in the middle of words. */
function isCutByWidth(group: readonly string[]): boolean {
  const full = group.slice(0, -1).map((line) => line.length);
  return TERMINAL_WIDTHS.some((width) => full.every((length) => length === width));
}
