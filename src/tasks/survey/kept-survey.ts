import { createHash } from 'node:crypto';
import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { RunFold } from '../../core/run/state.js';
import type { SegmentLine, SurveySettings, SurveyTarget } from '../../core/survey/events.js';
import { storedRuns } from '../../edges/journal/find.js';
import { lockRun } from '../../edges/journal/lock.js';
import { newRunId } from '../../edges/journal/run-id.js';
import { streamSegment } from '../../edges/journal/segment.js';
import { systemRunsFolder } from '../../edges/journal/state-folder.js';
import { createJournal, openJournal } from '../../edges/journal/writer.js';
import { errorCode, usageError } from '../../model/errors.js';
import type { Random } from '../../model/ports/random.js';

/** A survey that this process drives: its segment is open, its lock is held. */
export interface KeptSurvey {
  readonly survey: string;
  readonly settings: SurveySettings;
  readonly targets: readonly SurveyTarget[];
  /** Runs that were begun before, with what they have seen; a fold without state saw nothing. */
  readonly runs: readonly KeptSurveyRun[];
  readonly keep: (line: SegmentLine) => Promise<void>;
  readonly close: () => void;
}

interface KeptSurveyRun {
  readonly run: string;
  /** Number of its target. */
  readonly n: number;
  readonly place: string;
  readonly fold: RunFold;
}

/** The folder of the segments, beside that of the runs. */
export function surveysFolder(runsFolder: string): string {
  return join(dirname(runsFolder), 'surveys');
}

export interface NewSurvey {
  readonly settings: SurveySettings;
  readonly targets: readonly SurveyTarget[];
  readonly version: string;
  readonly nowWallMs: number;
  readonly random: Random;
}

/** Goes on with the survey of the same list that has not ended, or begins one. */
export async function openSurvey(folder: string, asked: NewSurvey): Promise<KeptSurvey> {
  const list = hashOf(asked);
  const open = storedSurveys(folder).find((one) => one.list === list && !hasEnded(one.path));
  return open === undefined
    ? beginSurvey(folder, list, asked)
    : resumeSurvey(open, asked.nowWallMs);
}

async function beginSurvey(
  folder: string,
  list: string,
  { settings, targets, version, nowWallMs, random }: NewSurvey,
): Promise<KeptSurvey> {
  const survey = newRunId(nowWallMs, random);
  const journal = createJournal<SegmentLine>(folder, `${survey}.${list}`, {
    version,
    isOfMany: true,
  });
  const lock = lockRun(journal.path);
  const close = () => {
    journal.close();
    lock.release();
  };
  const keep = (line: SegmentLine) => journal.append(line);
  try {
    void keep({ type: 'survey-started', survey, list, wallMs: nowWallMs, settings }).catch(
      () => {},
    );
    for (const target of targets) {
      void keep({ type: 'survey-target', ...target }).catch(() => {});
    }
    await keep({ type: 'survey-resumed', wallMs: nowWallMs });
  } catch (error) {
    close();
    throw error;
  }
  return { survey, settings, targets, runs: [], keep, close };
}

export interface StoredSurvey {
  readonly survey: string;
  readonly list: string;
  readonly path: string;
}

/** Newest first. */
function storedSurveys(folder: string): readonly StoredSurvey[] {
  return names(folder)
    .flatMap((name) => {
      const parts = /^(?<survey>[^.]+)\.(?<list>[^.]+)\.jsonl$/u.exec(name)?.groups;
      const { survey, list } = parts ?? {};
      return survey === undefined || list === undefined
        ? []
        : [{ survey, list, path: join(folder, name) }];
    })
    .sort((one, other) => (one.survey < other.survey ? 1 : -1));
}

/** The survey that is meant by its id, the beginning of it, or its word; undefined: none. */
export function findSurvey(folder: string, wanted: string): StoredSurvey | undefined {
  if (wanted === '') return undefined;
  return storedSurveys(folder).find(
    ({ survey }) => survey.startsWith(wanted) || survey.endsWith(`-${wanted}`),
  );
}

/** Whether a survey is meant, and no run of that very name. */
export function hasSurvey(wanted: string, stateDir: string | null): boolean {
  const runsFolder = systemRunsFolder(stateDir);
  const isRun = storedRuns(runsFolder).some(({ run }) => run === wanted);
  return !isRun && findSurvey(surveysFolder(runsFolder), wanted) !== undefined;
}

function names(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

/** Goes on with a survey, under its lock. Throws `run-is-locked`, and what reading it throws. */
export async function resumeSurvey(
  { path, survey }: StoredSurvey,
  nowWallMs: number,
): Promise<KeptSurvey> {
  const lock = lockRun(path);
  try {
    const { settings, targets, runs } = readSurvey(path);
    const journal = openJournal<SegmentLine>(path, { isOfMany: true });
    const close = () => {
      journal.close();
      lock.release();
    };
    await journal.append({ type: 'survey-resumed', wallMs: nowWallMs });
    return { survey, settings, targets, runs, keep: (line) => journal.append(line), close };
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** All that a segment says. Throws `survey-empty` where it was cut off before the list was whole. */
function readSurvey(path: string): Pick<KeptSurvey, 'settings' | 'targets' | 'runs'> {
  let settings: SurveySettings | null = null;
  let isWhole = false;
  const targets: SurveyTarget[] = [];
  const runs = new Map<string, KeptSurveyRun>();
  for (const line of streamSegment(path)) {
    if ('event' in line) {
      runs.get(line.run)?.fold.apply(line.event);
      continue;
    }
    switch (line.type) {
      case 'survey-started':
        settings = line.settings;
        break;
      case 'survey-target':
        targets.push(line);
        break;
      case 'survey-run':
        runs.set(line.run, { ...line, fold: new RunFold() });
        break;
      case 'survey-resumed':
        isWhole = true;
        break;
      case 'survey-finished':
        break;
    }
  }
  if (settings === null || !isWhole) {
    throw usageError(
      'survey-empty',
      `${path} was cut off before the survey began.`,
      'Nothing was sent. Remove the file, and begin the survey again.',
    );
  }
  return { settings, targets, runs: [...runs.values()] };
}

function hashOf({ settings, targets }: Pick<NewSurvey, 'settings' | 'targets'>): string {
  const { request, resolver, perHost, byWorkers } = settings;
  const asked = JSON.stringify({ request, resolver, perHost, byWorkers });
  const hash = createHash('sha256').update(asked);
  for (const { recipient, label } of targets) hash.update(`\n${recipient},${label ?? ''}`);
  return hash.digest('hex').slice(0, 16);
}

const LAST_LINE_BYTES = 200;

/** Whether the last line says so. */
function hasEnded(path: string): boolean {
  const { size } = statSync(path);
  const fd = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(Math.min(LAST_LINE_BYTES, size));
    readSync(fd, bytes, 0, bytes.length, size - bytes.length);
    return /\{"type":"survey-finished"[^\n]*\}\n$/u.test(bytes.toString('utf8'));
  } finally {
    closeSync(fd);
  }
}
