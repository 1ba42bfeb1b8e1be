import { existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { buildResult } from '../contract/build-result.js';
import type { ProbeResult } from '../contract/probe-result.js';
import { readReport } from '../contract/read-report.js';
import type { Report } from '../contract/report.js';
import { foldEvents } from '../core/run/state.js';
import { journalEmpty } from '../edges/journal/damage.js';
import { findRun, type StoredRun } from '../edges/journal/find.js';
import {
  looksLikeJournal,
  type ReadJournal,
  readJournal,
  readJournalBytes,
} from '../edges/journal/reader.js';
import { systemRunsFolder } from '../edges/journal/state-folder.js';
import { readInput } from '../edges/system/read-bytes.js';
import { GreyprobeError } from '../model/errors.js';
import { withGreylistedBefore } from './history/greylisted-before.js';

const LARGEST_BYTES = 256 * 1024 * 1024;
const RUNS = 'See the runs that are kept with: greyprobe runs';

/**
 * What `report` is to show: standard input (`-`), a file, or a run that is kept; a file goes before a
 * run of the same name. Files hold a journal or a result, as they are or packed by gzip, in UTF-8 or,
 * with its mark, UTF-16. Throws `cannot-read-file`, `not-a-result`, `unknown-run` and what reading a
 * journal throws.
 */
export async function readReportSource(source: string, stateDir: string | null): Promise<Report> {
  const run = keptRun(source, stateDir);
  if (run !== null) return { kind: 'probes', results: [resultOfRun(run)] };
  const shown = source === '-' ? 'standard input' : source;
  const bytes = await readInput({
    path: source,
    stdin: process.stdin,
    mostBytes: LARGEST_BYTES,
    next: [RUNS],
  });
  return looksLikeJournal(bytes)
    ? reportOf(readJournalBytes(bytes, shown), shown)
    : readReport(bytes.toString('utf8'), shown);
}

/** The run that a word names; null where it is a file, or standard input. Throws as `findRun` does. */
export function keptRun(source: string, stateDir: string | null): StoredRun | null {
  return source === '-' || isFile(source) ? null : findNamedRun(source, stateDir);
}

/** What cannot be looked at is taken for a file, so that reading it says why. */
function isFile(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() === false;
  } catch {
    return true;
  }
}

/** The run of that name; null where a file was meant: who wrote a path, or a folder's name, meant one. */
function findNamedRun(source: string, stateDir: string | null): StoredRun | null {
  try {
    return findRun(systemRunsFolder(stateDir), source);
  } catch (error) {
    const unknown = error instanceof GreyprobeError && error.code === 'unknown-run';
    if (unknown && (/[./\\]/u.test(source) || existsSync(source))) return null;
    throw error;
  }
}

/** With what runs that were kept before it add. */
function resultOfRun({ path }: StoredRun): ProbeResult {
  const { header, state } = stateIn(readJournal(path), path);
  return withGreylistedBefore(buildResult(state, header.version), state.request, dirname(path));
}

function reportOf(journal: ReadJournal, shown: string): Report {
  return { kind: 'probes', results: [resultIn(journal, shown)] };
}

/** What a journal holds, as a result. Throws `journal-empty`. */
export function resultIn(journal: ReadJournal, shown: string): ProbeResult {
  const { header, state } = stateIn(journal, shown);
  return buildResult(state, header.version);
}

function stateIn({ header, events }: ReadJournal, shown: string) {
  const state = foldEvents(events);
  if (state === null) throw journalEmpty(shown);
  return { header, state };
}
