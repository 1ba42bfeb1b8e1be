import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { SurveyPlan } from '../../contract/survey-plan.js';
import type { SurveyResult } from '../../contract/survey-result.js';
import type { SurveyRow } from '../../contract/survey-row.js';
import { sendersNamed } from '../../core/advice/senders.js';
import {
  SURVEY_FORMATS,
  type SurveySettings,
  type SurveyTarget,
} from '../../core/survey/events.js';
import { growingFile } from '../../edges/system/growing-file.js';
import { readInput } from '../../edges/system/read-bytes.js';
import { usageError } from '../../model/errors.js';
import { EXIT, type ExitCode } from '../../model/exit-codes.js';
import { parseMailTarget } from '../../model/values/domain.js';
import type { FormatName } from '../../report/formats/index.js';
import { ROW_FORMATS } from '../../report/survey-rows.js';
import { settingsFromFlags } from '../../tasks/settings/read-settings.js';
import { toRequest } from '../../tasks/settings/to-request.js';
import { planSurvey } from '../../tasks/survey/plan-survey.js';
import { readTargets } from '../../tasks/survey/read-targets.js';
import { resumeSurveyNamed, type SurveyOptions, surveyTargets } from '../../tasks/survey/survey.js';
import { type Output, parseOutputs } from '../flags/output-flags.js';
import type { SurveyFlags } from '../flags/survey-flags.js';
import { inCharset } from '../terminal/charset.js';
import { withInterruption } from '../terminal/interruption.js';
import { showPage, withPage } from '../terminal/show-page.js';
import { tellSurveyProgress } from '../terminal/survey-progress.js';
import { terminalStyle } from '../terminal/terminal-style.js';
import { writeEach } from '../terminal/write-outputs.js';
import { redisFrom } from './redis-from.js';

export interface SurveyCommandContext {
  readonly json: boolean;
  readonly version: string;
  readonly writeOut: (text: string) => void;
  readonly writeNote: (text: string) => void;
}

export interface SurveyOutcome {
  readonly result: SurveyResult | SurveyPlan;
  readonly exit: ExitCode;
}

const LARGEST_LIST_BYTES = 256 * 1024 * 1024;
/** Stands for the recipients while the settings are checked. */
const ANY_RECIPIENT = 'postmaster@example.org';

/** `greyprobe survey`: checks everything, surveys, and writes rows as they come. */
export async function surveyFromCommandLine(
  words: readonly string[],
  flags: SurveyFlags,
  context: SurveyCommandContext,
): Promise<SurveyOutcome> {
  const targets = await targetsOf(words, flags.postmaster);
  const asked = parseOutputs(flags, context.json);
  const redis = redisFrom(flags.redis);
  const settings = toSettings(flags, asked, redis !== null);
  const stateDir = flags['state-dir'] ?? null;
  const hostsPerSecond = flags['hosts-per-second'];
  if (flags['dry-run']) {
    const { value: plan } = await withInterruption((signal) =>
      planSurvey(settings, targets, { stateDir, hostsPerSecond, signal }),
    );
    if (!context.json) {
      const { renderSurveyPlan } = await import('../../report/text/survey-text.js');
      context.writeOut(`${inCharset(renderSurveyPlan(plan, terminalStyle))}\n`);
    }
    return { result: plan, exit: EXIT.ok };
  }
  const shown = await withPage(asked, flags.open);
  const driving = {
    stateDir,
    hostsPerSecond,
    redis,
    concurrency: flags.concurrency ?? null,
    quiet: flags.quiet,
    // Of this command alone: the survey that is kept does not know of it.
    pages: shown.slice(asked.length),
  };
  const outcome = await drive(driving, context, (options) =>
    surveyTargets(settings, targets, options),
  );
  await showPage(shown, flags.open);
  return outcome;
}

/** Goes on with a survey by its id or its word. */
export async function resumeSurveyFromCommandLine(
  wanted: string,
  { stateDir, redis }: { readonly stateDir: string | null; readonly redis: string | undefined },
  context: SurveyCommandContext,
): Promise<{ readonly result: SurveyResult; readonly exit: ExitCode }> {
  const usual = { hostsPerSecond: 100, concurrency: null, quiet: false, pages: [] };
  const driving = { ...usual, stateDir, redis: redisFrom(redis) };
  return drive(driving, context, (options) => resumeSurveyNamed(wanted, options));
}

type Driving = Pick<SurveyOptions, 'stateDir' | 'hostsPerSecond' | 'concurrency' | 'redis'> & {
  readonly quiet: boolean;
  /** Outputs beside those that are kept with the survey. */
  readonly pages: readonly Output[];
};

async function drive(
  { quiet, pages, ...driving }: Driving,
  { json, version, writeOut, writeNote }: SurveyCommandContext,
  run: (options: SurveyOptions) => Promise<SurveyResult>,
): Promise<{ readonly result: SurveyResult; readonly exit: ExitCode }> {
  let rows: RowWriter = NO_ROWS;
  let stopTelling = () => {};
  let outputs: readonly Output[] = pages;
  const pageRows: SurveyRow[] = [];
  try {
    const { value: result } = await withInterruption((signal) =>
      run({
        ...driving,
        version,
        signal,
        onStart: (kept) => {
          outputs = [...kept.settings.outputs, ...pages];
          rows = rowWriter(outputs, writeOut);
          if (kept.runs.length > 0 && !quiet) writeNote(`Going on with the survey ${kept.survey}.`);
        },
        onNote: writeNote,
        onRow: (row) => {
          rows.add(row);
          if (outputs.some(({ format }) => hasRows(format))) pageRows.push(row);
        },
        onProgress: (read) => {
          if (!quiet) stopTelling = tellSurveyProgress(read);
        },
      }),
    );
    stopTelling();
    await showResult(
      result,
      pageRows,
      outputs.filter((one) => one.file !== null || !json),
      writeOut,
    );
    return { result, exit: exitOf(result) };
  } finally {
    stopTelling();
    rows.close();
  }
}

function exitOf({ ended }: SurveyResult): ExitCode {
  if (ended === 'interrupted') return EXIT.interrupted;
  return ended === 'asked-to-stop' ? EXIT.inconclusive : EXIT.ok;
}

/** A page has the rows in it, and so they are kept until it is written. */
function hasRows(format: FormatName): boolean {
  return format === 'html' || format === 'svg';
}

/** Writes the formats that say at the end what was found; those that tell rows have told them. */
async function showResult(
  result: SurveyResult,
  rows: readonly SurveyRow[],
  outputs: readonly Output[],
  writeOut: (text: string) => void,
): Promise<void> {
  await writeEach(
    outputs.filter(({ format }) => !ROW_FORMATS.has(format)),
    writeOut,
    (_, { renderSurveyed }, style) => renderSurveyed?.(result, rows, style) ?? '',
  );
}

interface RowWriter {
  readonly add: (row: SurveyRow) => void;
  readonly close: () => void;
}

const NO_ROWS: RowWriter = { add: () => {}, close: () => {} };

/** Writes rows where they are wanted, each as it comes. Files are begun anew: rows are told again. */
function rowWriter(outputs: readonly Output[], writeOut: (text: string) => void): RowWriter {
  const writers = outputs.flatMap(({ format, file }) => {
    const rows = ROW_FORMATS.get(format);
    if (rows === undefined) return [];
    const grown = file === null ? null : growingFile(file);
    const write = grown === null ? writeOut : grown.append;
    if (rows.head !== '') write(rows.head);
    const add = (row: SurveyRow) => write(rows.line(row));
    return [{ add, close: () => grown?.close() }];
  });
  return {
    add: (row) => {
      for (const writer of writers) writer.add(row);
    },
    close: () => {
      for (const writer of writers) writer.close();
    },
  };
}

/** A file, standard input, or the recipients themselves. */
async function targetsOf(
  words: readonly string[],
  postmaster: boolean,
): Promise<readonly SurveyTarget[]> {
  const [source, ...others] = words;
  if (source === undefined && process.stdin.isTTY === true) {
    throw usageError(
      'no-targets',
      'Nothing to survey: no list and no recipient.',
      "As in: greyprobe survey recipients.txt --from 'probe-{nonce}@your.domain'",
    );
  }
  const isList =
    others.length === 0 &&
    (source === undefined ||
      source === '-' ||
      existsSync(source) ||
      !(postmaster || source.includes('@')));
  if (!isList) return readTargets(words, { shown: 'argument', postmaster });
  const path = source ?? '-';
  const bytes = await readInput({
    path,
    stdin: process.stdin,
    mostBytes: LARGEST_LIST_BYTES,
    next: ['Give a file with a recipient a line, or - for standard input.'],
  });
  const shown = path === '-' ? 'standard input' : path;
  return readTargets(bytes.toString('utf8').split('\n'), { shown, postmaster });
}

function toSettings(
  flags: SurveyFlags,
  asked: readonly Output[],
  byWorkers: boolean,
): SurveySettings {
  const given = settingsFromFlags(flags);
  const outputs = asked.map(({ format, file }) => ({
    format: surveyFormat(format),
    file: file === null ? null : resolve(file),
  }));
  // Throws where there is none of that name.
  sendersNamed(flags.for);
  return {
    request: { ...toRequest(ANY_RECIPIENT, given), screen: true },
    resolver: given.resolver ?? null,
    perHost: flags['per-host'],
    contact: flags.contact === undefined ? null : parseContact(flags.contact),
    optOut: flags['opt-out'] === undefined ? null : resolve(flags['opt-out']),
    outputs,
    senders: flags.for,
    ...(byWorkers ? { byWorkers } : {}),
  };
}

/** Throws `format-does-not-fit`, for a file whose name ends in a format that has no words for a survey. */
function surveyFormat(format: FormatName): SurveySettings['outputs'][number]['format'] {
  const own = SURVEY_FORMATS.find((one) => one === format);
  if (own !== undefined) return own;
  throw usageError(
    'format-does-not-fit',
    `--format ${format} has no words for a survey.`,
    `Give ${SURVEY_FORMATS.slice(0, -1).join(', ')} or ${SURVEY_FORMATS.at(-1)}.`,
  );
}

/** An address of mail, or a page. Throws `bad-contact`. */
function parseContact(text: string): string {
  if (/^https?:\/\/[^\s/]+/iu.test(text) && URL.canParse(text)) return text;
  if (text.includes('@')) {
    parseMailTarget(text);
    return text;
  }
  throw usageError(
    'bad-contact',
    `--contact ${text} is neither an address nor a page.`,
    'Write it as abuse@your.domain or https://your.domain/probe',
  );
}
