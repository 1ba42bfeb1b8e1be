import { readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { errorCode, GreyprobeError, usageError } from '../../model/errors.js';
import { escapeControl } from '../../model/values/escape.js';
import { editDistance } from '../../model/values/nearest.js';
import { refuseTypographic } from '../../model/values/typographic.js';
import { reasonOf } from '../system/system-error.js';
import { runOfFile } from './paths.js';

/** A journal by its name only: nothing of it was read yet. */
export interface StoredRun {
  readonly run: string;
  readonly path: string;
}

const MOST_NAMED = 5;
/** The newest run, whatever its id. */
const LAST = 'last';
const LONGEST_SHOWN = 64;

/** The runs of a folder, newest first by their ids. None where there is no such folder. */
export function storedRuns(folder: string): readonly StoredRun[] {
  let names: readonly string[];
  try {
    names = readdirSync(folder);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw new GreyprobeError(
      'state-folder-unusable',
      `The runs in ${folder} cannot be listed: ${reasonOf(error)}.`,
      { suggestions: ['Allow reading there, or name another folder with --state-dir.'] },
    );
  }
  return names
    .flatMap((name) => {
      const run = runOfFile(name);
      return run === null ? [] : [{ run, path: join(folder, name) }];
    })
    .sort((a, b) => (a.run < b.run ? 1 : -1));
}

/**
 * The run that is meant: by its id, the beginning of it, its word (`qzkw`), `last` for the newest, or the
 * path of its journal in the folder. Throws a usage error: `unknown-run`, with those that come near, or `ambiguous-run`, with
 * those that fit.
 */
export function findRun(folder: string, wanted: string): StoredRun {
  const runs = storedRuns(folder);
  const [newest] = runs;
  if (wanted === LAST && newest !== undefined) return newest;
  const id = runOfPath(folder, wanted) ?? wanted;
  const exact = runs.find(({ run }) => run === id);
  if (exact !== undefined) return exact;
  const fitting =
    wanted === ''
      ? []
      : runs.filter(({ run }) => run.startsWith(wanted) || run.endsWith(`-${wanted}`));
  const [only, ...others] = fitting;
  if (only === undefined) refuseTypographic(wanted, 'the name of a run');
  if (only === undefined) throw unknownRun(folder, wanted, runs);
  if (others.length === 0) return only;
  throw usageError(
    'ambiguous-run',
    `"${shown(wanted)}" fits ${fitting.length} runs.`,
    `Write more of it: ${listed(fitting)}`,
  );
}

/** The shortest name of a run that `findRun` knows it by: its word, where no other run of the folder has it. */
export function shortName(folder: string, run: string): string {
  const word = run.slice(run.lastIndexOf('-') + 1);
  const isAlone = storedRuns(folder).every(
    (one) => one.run === run || !(one.run.startsWith(word) || one.run.endsWith(`-${word}`)),
  );
  return isAlone && word !== LAST ? word : run;
}

/** Completion by the shell gives paths. One into another folder is no run of this one. */
function runOfPath(folder: string, wanted: string): string | null {
  return resolve(dirname(wanted)) === resolve(folder) ? runOfFile(wanted) : null;
}

function unknownRun(folder: string, wanted: string, runs: readonly StoredRun[]): GreyprobeError {
  const message = `There is no run "${shown(wanted)}" in ${folder}.`;
  if (runs.length === 0) {
    return usageError(
      'unknown-run',
      message,
      'No run is kept there. --state-dir names another folder.',
    );
  }
  const near = nearest(wanted, runs);
  return usageError(
    'unknown-run',
    message,
    near.length > 0 ? `Did you mean ${listed(near)}?` : `The newest are ${listed(runs)}`,
    'See all with: greyprobe runs',
  );
}

/** Runs whose id, or its word, differs from what was written by a slip or two. */
function nearest(wanted: string, runs: readonly StoredRun[]): readonly StoredRun[] {
  if (wanted.length > LONGEST_SHOWN) return [];
  const distances = runs.map((stored) => {
    const word = stored.run.slice(stored.run.lastIndexOf('-') + 1);
    const slips = Math.min(
      editDistance(wanted, stored.run),
      // Half of a word of four may be any word.
      wanted.length === word.length ? editDistance(wanted, word) + 1 : Number.POSITIVE_INFINITY,
    );
    return { stored, slips };
  });
  return distances
    .filter(({ slips }) => slips <= 2)
    .sort((a, b) => a.slips - b.slips)
    .map(({ stored }) => stored);
}

function listed(runs: readonly StoredRun[]): string {
  const names = runs.slice(0, MOST_NAMED).map(({ run }) => escapeControl(run));
  return `${names.join(', ')}${runs.length > MOST_NAMED ? ', ...' : ''}`;
}

function shown(text: string): string {
  return escapeControl(text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}...` : text);
}
