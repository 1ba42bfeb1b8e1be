import ansis from 'ansis';
import { LEAST_COLUMNS, MOST_COLUMNS, PLAIN, type Style } from '../../report/text/style.js';

/** Colours for a terminal; ansis leaves them out in a pipe and under NO_COLOR. */
export const terminalStyle: Style = {
  /** Asked for when a report is written: a run takes hours, and windows change their size. */
  get columns() {
    return terminalColumns(process.stdout);
  },
  answer: (text) => ansis.bold.cyan(text),
  strong: (text) => ansis.bold(text),
  faint: (text) => ansis.dim(text),
  good: (text) => ansis.green(text),
  bad: (text) => ansis.red(text),
  warning: (text) => ansis.yellow(text),
};

/** Columns for what is written to a stream: the terminal's own, within bounds; 80 in pipes and files. */
export function terminalColumns({ isTTY, columns = 0 }: OutputStream): number {
  if (isTTY !== true || columns <= 0) return PLAIN.columns;
  return Math.min(MOST_COLUMNS, Math.max(LEAST_COLUMNS, columns));
}

/** What is known of standard output and of standard error; both are undefined where it is no terminal. */
interface OutputStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** For tables, which are read line by line: all the columns of the terminal. */
export function fullWidth(style: Style): Style {
  const { isTTY, columns = 0 }: OutputStream = process.stdout;
  return isTTY === true && columns > style.columns ? { ...style, columns } : style;
}
