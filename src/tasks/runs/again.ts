import { shortName } from '../../edges/journal/find.js';
import { systemRunsFolder } from '../../edges/journal/state-folder.js';
import { shellWord } from '../../model/values/shell-word.js';
import type { Again, View } from '../../report/view.js';
import { keptRun } from '../read-source.js';

/** How commands find the runs that are kept in a folder (as given with --state-dir; null: the user's own). */
export function keptAgain(stateDir: string | null): View['again'] {
  return ({ run, resolver }) =>
    again([shortNameIn(stateDir, run)], folderWords(stateDir), resolver);
}

/** The shortest name by which commands know a run that is kept, for a shell. */
export function shortNameIn(stateDir: string | null, run: string): string {
  return shellWord(shortName(systemRunsFolder(stateDir), run));
}

/** How to name the folder of the runs again; the environment does it by itself. */
export function folderWords(stateDir: string | null): readonly string[] {
  const known = stateDir === null || stateDir === process.env['GREYPROBE_STATE_DIR'];
  return known ? [] : ['--state-dir', shellWord(stateDir)];
}

/** How commands find what was read: a file, or a run. Standard input is gone once it was read. */
export function sourceAgain(source: string, stateDir: string | null): View['again'] {
  if (source === '-') return ({ resolver }) => again(null, [], resolver);
  if (keptRun(source, stateDir) !== null) return keptAgain(stateDir);
  return ({ resolver }) => again([shellWord(source)], [], resolver);
}

/** Of a result that is not kept: the command that made it can show all of it. */
export function madeAgain(details: readonly string[]): View['again'] {
  return () => ({ ...again(null, [], undefined), details });
}

function again(
  source: readonly string[] | null,
  folder: readonly string[],
  resolver: string | undefined,
): Again {
  return {
    source: source === null ? null : [...source, ...folder],
    details: source === null ? [] : ['report', ...source, '--details', ...folder],
    resolver: resolver === undefined ? [] : ['--resolver', shellWord(resolver)],
  };
}
