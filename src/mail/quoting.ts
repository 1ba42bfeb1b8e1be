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
