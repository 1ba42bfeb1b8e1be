/** Marks of a quotation: `> `, `> > `, `>> `. Three without a blank are sendmail's `>>> RCPT To:`. */
const MARKS = /^(?:[ \t]?>(?!>>) ?)+/;
/** One line that begins with `>` may be the bracket that closes a status. */
const LEAST_LINES = 2;

/** The text as it was before somebody quoted it in an answer. */
export function withoutQuoteMarks(text: string): string {
  const lines = text.split(/\r?\n/);
  const quoted = lines.filter((line) => MARKS.test(line)).length;
  return quoted < LEAST_LINES ? text : lines.map((line) => line.replace(MARKS, '')).join('\n');
}

/** Bold and code marks of a forum around the parts of a log line. */
const EMPHASIS = /(\*\*|\*|`)(\S(?:.{0,200}?\S)?)\1/g;

/** Lines of a log as they were before somebody set parts of them in bold. */
export function withoutEmphasis(text: string): string {
  return text
    .split('\n')
    .map((line) => (/\]: |\[[\da-f.:]{3,45}\]/.test(line) ? line.replace(EMPHASIS, '$2') : line))
    .join('\n');
}
