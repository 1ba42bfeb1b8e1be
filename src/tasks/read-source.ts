import { statSync } from 'node:fs';
import { buildResult } from '../contract/build-result.js';
import { readReport } from '../contract/read-report.js';
import type { Report } from '../contract/report.js';
import { foldEvents } from '../core/run/state.js';
import { journalEmpty } from '../edges/journal/damage.js';
import { findRun } from '../edges/journal/find.js';
import {
  looksLikeJournal,
  type ReadJournal,
  readJournal,
  readJournalBytes,
} from '../edges/journal/reader.js';
import { systemRunsFolder } from '../edges/journal/state-folder.js';
import { decodedChunks, readFileChunks, readStreamChunks } from '../edges/system/read-bytes.js';
import { GreyprobeError, usageError } from '../model/errors.js';
import { escapeControl } from '../model/values/escape.js';

const LARGEST_BYTES = 256 * 1024 * 1024;

/**
 * What `report` is to show: standard input (`-`), a file, or a run that is kept; a file goes before a
 * run of the same name. Files hold a journal or a result, as they are or packed by gzip, in UTF-8 or,
 * with its mark, UTF-16. Throws `cannot-read-file`, `too-large`, `not-a-result`, `unknown-run` and
 * what reading a journal throws.
 */
export async function readReportSource(source: string, stateDir: string | null): Promise<Report> {
  if (source === '-') return readBytes(readStreamChunks(process.stdin), 'standard input');
  if (isFile(source)) return readBytes(readFileChunks(source), source);
  const { path } = findNamedRun(source, stateDir);
  return reportOf(readJournal(path), path);
}

/** What cannot be looked at is taken for a file, so that reading it says why. */
function isFile(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() === false;
  } catch {
    return true;
  }
}

/** Who wrote a path meant a file: then it is said that there is none. */
function findNamedRun(source: string, stateDir: string | null): { readonly path: string } {
  try {
    return findRun(systemRunsFolder(stateDir), source);
  } catch (error) {
    const meantFile = /[./\\]/u.test(source);
    if (!meantFile || !(error instanceof GreyprobeError) || error.code !== 'unknown-run') {
      throw error;
    }
    throw usageError(
      'cannot-read-file',
      `There is no file "${escapeControl(source)}", and no run of that name either.`,
      'See the runs that are kept with: greyprobe runs',
    );
  }
}

async function readBytes(chunks: AsyncIterable<Buffer>, shown: string): Promise<Report> {
  const bytes = await whole(decodedChunks(chunks), shown);
  return looksLikeJournal(bytes)
    ? reportOf(readJournalBytes(bytes, shown), shown)
    : readReport(bytes.toString('utf8'), shown);
}

function reportOf({ header, events }: ReadJournal, shown: string): Report {
  const state = foldEvents(events);
  if (state === null) throw journalEmpty(shown);
  return { kind: 'probes', results: [buildResult(state, header.version)] };
}

async function whole(chunks: AsyncIterable<Buffer>, shown: string): Promise<Buffer> {
  const copies: Buffer[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    length += chunk.length;
    if (length > LARGEST_BYTES) {
      throw new GreyprobeError('too-large', `${shown} is larger than 256 MiB.`);
    }
    // A chunk is only good until the next one.
    copies.push(Buffer.from(chunk));
  }
  return Buffer.concat(copies);
}
