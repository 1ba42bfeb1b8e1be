import type { SentHost } from '../../contract/observe-result.js';
import type { AttemptResult, ProbeResult } from '../../contract/probe-result.js';
import type { AgeWindow } from '../../core/advice/acceptance-window.js';
import type { SenderAdvice } from '../../core/advice/sender-advice-schema.js';
import { replyWords } from '../reply-words.js';
import { calledName } from '../text/sender-sentences.js';
import { axisBegin } from './axis.js';
import {
  axisOfBands,
  bandsOf,
  type Drawing,
  type DrawnRow,
  plainRow,
  windowWords,
} from './drawing.js';
import {
  glitchRows,
  type Mark,
  type Picture,
  pictureOf,
  type Row,
  senderRows,
} from './of-advice.js';
import { ageOf } from './of-run.js';

/** A probe: what was measured, and below it, on the same axis, when senders try again. */
export function drawingOfProbe(result: ProbeResult): Drawing {
  const measured = measuredRows(result.attempts);
  if (measured.length === 0) return inWords([firstTry(result)]);
  const retries = result.window === null ? [] : retryRows(result, result.window);
  const whole = result.window === null ? null : pictureOf([...measured, ...retries], result.window);
  const axis = whole ?? axisOfMarks(measured.flatMap(({ marks }) => marks));
  return {
    sections: [
      { title: 'Measured', rows: measured.map(plainRow) },
      ...(retries.length === 0
        ? []
        : [{ title: 'When senders try again', rows: retries.map(plainRow) }]),
    ],
    ...windowOf(result.window),
    isBrief: false,
    leastSeconds: axis.leastSeconds,
    mostSeconds: axis.mostSeconds,
  };
}

/** Several probes, each with its own window: of all mail hosts of a domain, or the targets of a check. */
export function drawingOfProbes(
  probes: readonly { readonly name: string; readonly result: ProbeResult }[],
): Drawing {
  return overview(probes.map(({ name, result }) => probeRow(name, result)));
}

/** The mail hosts of which logs tell. */
export function drawingOfSentHosts(hosts: readonly SentHost[]): Drawing {
  return overview(
    hosts.map(({ host, address, window }) =>
      windowRow(host ?? address ?? '?', window, [], 'when it opens is not shown'),
    ),
  );
}

/** Rows that each have a window: as many destinations of a survey had. */
export function drawingOfWindows(
  groups: readonly { readonly label: string; readonly window: AgeWindow }[],
): Drawing {
  return overview(groups.map(({ label, window }) => windowRow(label, window, [], 'not measured')));
}

/** Advice: senders against a window that is given. */
export function drawingOfAdvice(picture: Picture | null, window: AgeWindow): Drawing {
  if (picture === null) return inWords([]);
  return {
    sections: [{ title: null, rows: picture.rows.map(plainRow) }],
    ...windowOf(window),
    isBrief: false,
    leastSeconds: picture.leastSeconds,
    mostSeconds: picture.mostSeconds,
  };
}

function windowOf(window: AgeWindow | null): Pick<Drawing, 'bands' | 'words'> {
  return window === null
    ? { bands: [], words: '' }
    : { bands: bandsOf(window), words: windowWords(window) };
}

/** The attempts whose age is known, by what was done with their senders. */
function measuredRows(attempts: readonly AttemptResult[]): readonly Row[] {
  const aged = attempts.filter((one) => one.outcome !== 'failed' && ageOf(one) > 0);
  const row = (label: string, holds: (one: AttemptResult) => boolean): Row => ({
    label,
    marks: aged.filter(holds).map(markOf),
    instead: null,
  });
  return [
    row('tried again and again', ({ role }) => role === 'retry'),
    row('left alone until then', ({ role }) => role !== 'retry'),
  ].filter(({ marks }) => marks.length > 0);
}

function markOf(attempt: AttemptResult): Mark {
  const age = ageOf(attempt);
  const kind = attempt.outcome === 'accepted' ? 'accepted' : 'refused';
  return { fromSeconds: age, toSeconds: age, kind, verified: true };
}

function retryRows(result: ProbeResult, window: AgeWindow): readonly Row[] {
  if (result.advice === null) return [];
  const { exchange2003, senders } = result.advice;
  const others = senders.filter(({ id }) => id !== 'exchange-2003');
  const held = {
    opensSeconds: window.opens.bySeconds ?? 0,
    closesSeconds: exchange2003.closesAtSeconds ?? 0,
    restartsTimer: result.warnings.some(({ code }) => code === 'early-retry-harms'),
  };
  const names = namesOf(others);
  const named = senderRows(others, held).map((row, index) => ({
    ...row,
    label: row.label.replace(others[index]?.id ?? '', names[index] ?? ''),
  }));
  const glitch = glitchRows(exchange2003).map((row) => ({
    ...row,
    label: row.label.replace('exchange-2003 G=', 'Exchange 2003 set to '),
  }));
  return [...glitch, ...named];
}

/** Short names, where they tell one sender from the other. */
function namesOf(senders: readonly SenderAdvice[]): readonly string[] {
  const short = senders.map(calledName);
  return senders.map(({ id }, index) => {
    const name = short[index] ?? id;
    return short.filter((one) => one === name).length === 1 ? name : id;
  });
}

function axisOfMarks(marks: readonly Mark[]): Pick<Drawing, 'leastSeconds' | 'mostSeconds'> {
  const times = marks.map(({ fromSeconds }) => fromSeconds);
  return { leastSeconds: axisBegin(Math.min(...times)), mostSeconds: 1.3 * Math.max(...times) };
}

/** Rows of words alone: there is no time to show. */
function inWords(rows: readonly Row[]): Drawing {
  return {
    sections: [{ title: null, rows: rows.map(plainRow) }],
    bands: [],
    words: '',
    isBrief: false,
    leastSeconds: 1,
    mostSeconds: 1,
  };
}

function overview(rows: readonly DrawnRow[]): Drawing {
  return {
    ...inWords([]),
    sections: [{ title: null, rows }],
    isBrief: true,
    ...axisOfBands(rows),
  };
}

function probeRow(label: string, result: ProbeResult): DrawnRow {
  const marks = measuredRows(result.attempts).flatMap((row) => row.marks);
  return windowRow(label, result.window, marks, firstTry(result).instead ?? '');
}

function windowRow(
  label: string,
  window: AgeWindow | null,
  marks: readonly Mark[],
  instead: string,
): DrawnRow {
  const bands = window === null ? [] : bandsOf(window);
  const shown = bands.length > 0 || marks.length > 0;
  return { label, bands, marks, instead: shown ? null : instead };
}

/** How the first try ended, in words. */
function firstTry({ attempts, verdict }: ProbeResult): Row {
  const [first] = attempts;
  const instead = first === undefined ? verdict.summary : `${first.outcome}: ${replyWords(first)}`;
  return { label: 'first try', marks: [], instead };
}
