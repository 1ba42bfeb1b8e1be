import ansis from 'ansis';
import type { Style } from '../report/style.js';

/** Colours for a terminal; ansis leaves them out in a pipe and under NO_COLOR. */
export const terminalStyle: Style = {
  strong: (text) => ansis.bold(text),
  faint: (text) => ansis.dim(text),
  good: (text) => ansis.green(text),
  bad: (text) => ansis.red(text),
  warning: (text) => ansis.yellow(text),
};

/** Columns for a picture on standard output: those of the terminal, 80 in a pipe. */
export function terminalWidth(): number {
  const { isTTY, columns } = process.stdout;
  return isTTY && columns > 0 ? columns : 80;
}
