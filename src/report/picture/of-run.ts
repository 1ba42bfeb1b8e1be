import type { AcceptanceWindow, AttemptResult } from '../../contract/probe-result.js';
import { formatDuration } from '../../model/values/duration.js';
import { PLAIN, type Style } from '../text/style.js';
import { flowed } from '../text/wrap.js';
import { axisBegin, roundTimes, tickLine, timeScale } from './axis.js';

const LABEL_WIDTH = 12;
const FULL_WIDTH = PLAIN.columns - LABEL_WIDTH - 2;
/** Ages that all lie closer together than this factor would be one mark on an empty axis. */
const SHORTEST_SPAN = 1.05;

const REFUSED = 'x';
const ACCEPTED = 'o';
const OPENING = '░';
const OPEN = '▓';

/** The part of a line behind the labels. */
interface Plot {
  readonly width: number;
  /** The column of an age. */
  readonly column: (ageSeconds: number) => number;
}

/**
 * Attempts by the age of their sender: refused and accepted marked, the window shaded. Empty when
 * no sender was tried twice, or all at one age.
 */
export function renderTimeline(
  attempts: readonly AttemptResult[],
  window: AcceptanceWindow | null,
  style: Style,
): readonly string[] {
  const aged = attempts.filter((one) => one.ageSeconds !== null && one.outcome !== 'failed');
  const ages = aged.map(ageOf);
  const [least, most] = [Math.min(...ages), Math.max(...ages)];
  if (aged.length === 0 || most <= 0) return [];
  // One moment is no picture: the verdict and the connections tell of it.
  const opened = window !== null && window.opens.bySeconds !== null;
  if (!opened && most < least * SHORTEST_SPAN) return [];
  const plot = plotOf(least, most, style.columns - LABEL_WIDTH - 2);
  const rows = [
    { label: 'retried', of: aged.filter((one) => one.role === 'retry') },
    { label: 'left alone', of: aged.filter((one) => one.role !== 'retry') },
  ].filter((row) => row.of.length > 0);
  return [
    ...rows.map((row) => label(row.label) + marks(row.of, window, plot, style)),
    label('') + axis(plot, most),
    label('age') + ticks(plot, least, most),
    ...flowed(
      legend(
        rows.flatMap((row) => row.of),
        window,
      ),
      style.columns - LABEL_WIDTH,
    ).map((line) => label('') + style.faint(line)),
  ];
}

/** What the marks of this picture mean, and no others. */
function legend(attempts: readonly AttemptResult[], window: AcceptanceWindow | null): string[] {
  const accepted = attempts.some(({ outcome }) => outcome === 'accepted');
  const refused = attempts.some(({ outcome }) => outcome !== 'accepted');
  const shaded = window !== null && window.opens.bySeconds !== null;
  return [
    ...(refused ? [`${REFUSED} refused`] : []),
    ...(accepted ? [`${ACCEPTED} accepted`] : []),
    ...(shaded ? [`${OPENING} opens in here`, `${OPEN} open`] : []),
  ];
}

/** Middle of the age, in seconds; 0 where it is not known. */
export function ageOf(attempt: AttemptResult): number {
  const [low = 0, high = 0] = attempt.ageSeconds ?? [];
  return (low + high) / 2;
}

function label(text: string): string {
  return text.padEnd(LABEL_WIDTH);
}

function plotOf(least: number, most: number, width: number): Plot {
  const scale = timeScale(axisBegin(least), most);
  return { width, column: (age) => Math.round(scale(age) * (width - 1)) };
}

function marks(
  attempts: readonly AttemptResult[],
  window: AcceptanceWindow | null,
  plot: Plot,
  style: Style,
): string {
  const cells = shading(window, plot);
  for (const attempt of attempts) {
    const refused = attempt.outcome !== 'accepted';
    cells[plot.column(ageOf(attempt))] = refused ? style.bad(REFUSED) : style.good(ACCEPTED);
  }
  return cells.join('').trimEnd();
}

function shading(window: AcceptanceWindow | null, { width, column: at }: Plot): string[] {
  const cells = Array.from({ length: width }, () => ' ');
  if (window === null || window.opens.bySeconds === null) return cells;
  const { opens, closes } = window;
  const from = at(opens.afterSeconds ?? 0);
  const by = at(opens.bySeconds ?? 0);
  const until = at(closes.afterSeconds ?? opens.bySeconds ?? 0);
  for (let column = from; column <= by; column += 1) cells[column] = OPENING;
  for (let column = by; column <= until; column += 1) cells[column] = OPEN;
  return cells;
}

function axis({ column }: Plot, most: number): string {
  return '─'.repeat(column(most) + 1);
}

function ticks({ width, column }: Plot, least: number, most: number): string {
  const last = formatDuration(most);
  const end = column(most) + 1 - last.length;
  // Few columns have room for few ages: where the axis ends is told before what lies between.
  const until = width < FULL_WIDTH ? end - 2 : width;
  const line = tickLine(roundTimes(axisBegin(least), most), column, until);
  const free = line === '' ? 0 : line.length + 2;
  return end < free ? line : line.padEnd(end) + last;
}
