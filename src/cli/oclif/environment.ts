import type { DescribedCommand } from './command-help.js';

/** What the environment says beside the values of flags: its variable, and what it does. */
const VARIABLES: Readonly<Record<string, string>> = {
  NO_COLOR: 'Where it is set, no colours are shown. As --no-color.',
  FORCE_COLOR: 'Where it is set, colours are shown in a pipe as well.',
  TERM: 'Where it is dumb, there are no colours, and no line is written over.',
  'LC_ALL, LC_CTYPE, LANG':
    'The first that is set names the locale. Where that is not of UTF-8, output is in ASCII. As --ascii.',
  CI: 'Where it is set, nothing is asked: what is missing is an error.',
  XDG_STATE_HOME: 'Runs are kept in greyprobe/runs in it, else in ~/.local/state.',
  GREYPROBE_DEBUG: 'With 1, a fault of greyprobe shows where it happened.',
};

/** The variables that some commands read, and what they do: those that stand for flags come first. */
export function environmentRows(commands: readonly DescribedCommand[]): [string, string][] {
  return [...flagVariables(commands), ...Object.entries(VARIABLES)];
}

/** Those that stand for flags. */
export function flagVariables(commands: readonly DescribedCommand[]): [string, string][] {
  const read = new Map<string, string>();
  for (const [name, flag] of commands.flatMap(({ flags }) => Object.entries(flags))) {
    if (flag.type === 'option' && flag.env !== undefined) {
      read.set(flag.env, `Stands for --${name} where that is not given.`);
    }
  }
  return [...read].sort(([a], [b]) => (a < b ? -1 : 1));
}
