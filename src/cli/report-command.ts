import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { GreyprobeError } from '../errors.js';
import type { ExitCode } from '../exit-codes.js';
import { EXIT } from '../exit-codes.js';
import { journalEmpty } from '../journal/damage.js';
import { findRun } from '../journal/find.js';
import { JOURNAL_FORMAT } from '../journal/header.js';
import { readJournal } from '../journal/reader.js';
import { systemRunsFolder } from '../journal/state-folder.js';
import { foldEvents } from '../probe/state.js';
import type { Report } from '../report/formats/reporter.js';
import { readReport } from '../report/read-report.js';
import { buildResult } from '../result/build-result.js';
import type { CheckResult } from '../result/check-result.js';
import type { ProbeResult } from '../result/probe-result.js';
import { formatDuration, parseDuration } from '../values/duration.js';
import { type OutputFlagValues, parseOutputs } from './output-flags.js';
import { type WriteOut, writeOutputs } from './write-outputs.js';

const LARGEST_BYTES = 256 * 1024 * 1024;

export interface ReportCommandFlags extends OutputFlagValues {
  readonly 'max-age'?: string | undefined;
  readonly 'state-dir'?: string | undefined;
}

export type ReportJson = CheckResult | ProbeResult | readonly ProbeResult[];

/** `greyprobe report`: renders what was measured before, without any connection. */
export async function reportFromCommandLine(
  source: string,
  flags: ReportCommandFlags,
  context: { readonly json: boolean; readonly writeOut: WriteOut },
): Promise<{ readonly value: ReportJson; readonly exit: ExitCode }> {
  const outputs = parseOutputs(flags, context.json);
  const maxAge = flags['max-age'] === undefined ? null : parseDuration(flags['max-age']);
  const report = readSource(source, flags['state-dir'] ?? null);
  if (maxAge !== null) refuseOlder(report, maxAge);
  const exit = await writeOutputs(outputs, report, context.writeOut);
  return { value: valueOfReport(report), exit: exit ?? EXIT.ok };
}

/** What was measured long ago says nothing of today: monitoring must not take it for good news. */
function refuseOlder(report: Report, maxAgeSeconds: number): void {
  const ends =
    report.kind === 'check'
      ? [report.result.finishedAt]
      : report.results.map(({ finishedAt, startedAt }) => finishedAt ?? startedAt);
  const oldest = Math.min(...ends.map((end) => Date.parse(end)));
  const ageSeconds = (Date.now() - oldest) / 1000;
  if (ageSeconds <= maxAgeSeconds) return;
  throw new GreyprobeError(
    'too-old',
    Number.isFinite(ageSeconds)
      ? `The result is ${formatDuration(ageSeconds)} old, and --max-age allows ${formatDuration(maxAgeSeconds)}.`
      : 'The result does not say when it was made.',
    { exit: EXIT.inconclusive, suggestions: ['See whether the check still runs.'] },
  );
}

function valueOfReport(report: Report): ReportJson {
  if (report.kind === 'check') return report.result;
  const [only] = report.results;
  return report.results.length === 1 && only !== undefined ? only : report.results;
}

/** A file goes before a run of the same name; `-` is standard input. */
function readSource(source: string, stateDir: string | null): Report {
  if (source === '-') return readReport(readText(0, 'standard input'), 'standard input');
  if (!isFile(source)) return readRun(findRun(systemRunsFolder(stateDir), source).path);
  const fd = openSync(source, 'r');
  try {
    const text = readText(fd, source);
    return text.startsWith(`{"journal":"${JOURNAL_FORMAT}"`)
      ? readRun(source)
      : readReport(text, source);
  } finally {
    closeSync(fd);
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === false;
}

function readRun(path: string): Report {
  const { header, events } = readJournal(path);
  const state = foldEvents(events);
  if (state === null) throw journalEmpty(path);
  return { kind: 'probes', results: [buildResult(state, header.version)] };
}

function readText(fd: number, shown: string): string {
  const chunks: Buffer[] = [];
  const chunk = Buffer.alloc(64 * 1024);
  let length = 0;
  for (let taken = readSome(fd, chunk); taken > 0; taken = readSome(fd, chunk)) {
    length += taken;
    if (length > LARGEST_BYTES) {
      throw new GreyprobeError('too-large', `${shown} is larger than 256 MiB.`);
    }
    chunks.push(Buffer.from(chunk.subarray(0, taken)));
  }
  return Buffer.concat(chunks).toString('utf8');
}

function readSome(fd: number, into: Buffer): number {
  try {
    return readSync(fd, into, 0, into.length, null);
  } catch (error) {
    // A terminal or a pipe that ended.
    if (error instanceof Error && 'code' in error && error.code === 'EOF') return 0;
    throw error;
  }
}
