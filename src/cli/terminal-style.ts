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
