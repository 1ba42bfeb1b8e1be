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
import { jsonText } from '../../report/formats/json.js';
import { ROW_FORMATS } from '../../report/survey-rows.js';
import { settingsFromFlags } from '../../tasks/settings/read-settings.js';
import { toRequest } from '../../tasks/settings/to-request.js';
import { planSurvey } from '../../tasks/survey/plan-survey.js';
import { readTargets } from '../../tasks/survey/read-targets.js';
import { resumeSurveyNamed, type SurveyOptions, surveyTargets } from '../../tasks/survey/survey.js';
import { parseOutputs } from '../flags/output-flags.js';
import type { SurveyFlags } from '../flags/survey-flags.js';
import { inCharset } from '../terminal/charset.js';
import { withInterruption } from '../terminal/interruption.js';
import { tellSurveyProgress } from '../terminal/survey-progress.js';
import { terminalStyle } from '../terminal/terminal-style.js';

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
  const settings = toSettings(flags, context.json);
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
  const driving = { stateDir, hostsPerSecond, concurrency: flags.concurrency ?? null };
  return drive({ ...driving, quiet: flags.quiet }, context, (options) =>
    surveyTargets(settings, targets, options),
  );
}

/** Goes on with a survey by its id or its word. */
export async function resumeSurveyFromCommandLine(
  wanted: string,
  stateDir: string | null,
  context: SurveyCommandContext,
): Promise<{ readonly result: SurveyResult; readonly exit: ExitCode }> {
  const driving = { stateDir, hostsPerSecond: 100, concurrency: null, quiet: false };
  return drive(driving, context, (options) => resumeSurveyNamed(wanted, options));
}

type Driving = Pick<SurveyOptions, 'stateDir' | 'hostsPerSecond' | 'concurrency'> & {
  readonly quiet: boolean;
};

async function drive(
  { quiet, ...driving }: Driving,
  { json, version, writeOut, writeNote }: SurveyCommandContext,
  run: (options: SurveyOptions) => Promise<SurveyResult>,
): Promise<{ readonly result: SurveyResult; readonly exit: ExitCode }> {
  let rows: RowWriter = NO_ROWS;
  let stopTelling = () => {};
  let settings: SurveySettings | null = null;
  try {
    const { value: result } = await withInterruption((signal) =>
      run({
        ...driving,
        version,
        signal,
        onStart: (kept) => {
          settings = kept.settings;
          rows = rowWriter(kept.settings.outputs, writeOut);
          if (kept.runs.length > 0 && !quiet) writeNote(`Going on with the survey ${kept.survey}.`);
        },
        onRow: (row) => rows.add(row),
        onProgress: (read) => {
          if (!quiet) stopTelling = tellSurveyProgress(read);
        },
      }),
    );
    stopTelling();
    await showResult(result, settings, json, writeOut);
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

async function showResult(
  result: SurveyResult,
  settings: SurveySettings | null,
  json: boolean,
  writeOut: (text: string) => void,
): Promise<void> {
  const { renderSurvey } = await import('../../report/text/survey-text.js');
  const { PLAIN } = await import('../../report/text/style.js');
  const { writeFileWhole } = await import('../../edges/system/write-file.js');
  for (const { format, file } of settings?.outputs ?? []) {
    if (format !== 'text' && format !== 'json') continue;
    if (file === null && json) continue;
    const style = file === null ? terminalStyle : PLAIN;
    const text = format === 'text' ? inCharset(renderSurvey(result, style)) : jsonText(result, 2);
    if (file === null) writeOut(`${text}\n`);
    else await writeFileWhole(file, `${text}\n`);
  }
}

interface RowWriter {
  readonly add: (row: SurveyRow) => void;
  readonly close: () => void;
}

const NO_ROWS: RowWriter = { add: () => {}, close: () => {} };

/** Writes rows where they are wanted, each as it comes. Files are begun anew: rows are told again. */
function rowWriter(
  outputs: SurveySettings['outputs'],
  writeOut: (text: string) => void,
): RowWriter {
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

function toSettings(flags: SurveyFlags, json: boolean): SurveySettings {
  const given = settingsFromFlags(flags);
  const outputs = parseOutputs(flags, json).flatMap(({ format, file }) => {
    const own = SURVEY_FORMATS.find((one) => one === format);
    return own === undefined ? [] : [{ format: own, file: file === null ? null : resolve(file) }];
  });
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
  };
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
