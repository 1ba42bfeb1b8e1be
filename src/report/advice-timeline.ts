import { formatDuration } from '../values/duration.js';
import type { Mark, MarkKind, Picture, Row } from './advice-rows.js';
import { roundTimes, type TimeScale, timeScale } from './advice-scale.js';
import type { Style } from './style.js';
import { shorten, WIDTH } from './wrap.js';

const LABEL_WIDTH = 27;
const PLOT_WIDTH = WIDTH - LABEL_WIDTH - 1;
const WINDOW = '░';
const MARKS: Readonly<Record<MarkKind, string>> = { refused: 'x', lands: 'o', open: '?' };

/** Retries as rows of marks against the shaded window, time to the right; at most 80 columns. */
export function renderAdviceTimeline(picture: Picture, style: Style): readonly string[] {
  const scale = timeScale(picture.leastSeconds, picture.mostSeconds);
  return [
    ...picture.rows.map((row) => `${label(row.label)}${plot(row, picture, scale, style)}`),
    `${label('')}${'─'.repeat(PLOT_WIDTH)}`,
    `${label('after first try')}${ticks(picture, scale)}`,
    label('') + style.faint(`x refused  o lands  ? perhaps  ${WINDOW} accepted from here`),
  ];
}

function label(text: string): string {
  return shorten(text, LABEL_WIDTH - 1).padEnd(LABEL_WIDTH);
}

function column(scale: TimeScale, seconds: number): number {
  return Math.round(scale(seconds) * (PLOT_WIDTH - 1));
}

function plot(row: Row, picture: Picture, scale: TimeScale, style: Style): string {
  if (row.instead !== null) return shorten(row.instead, PLOT_WIDTH);
  const cells = Array.from({ length: PLOT_WIDTH }, () => ' ');
  const from = column(scale, picture.opensSeconds);
  const until =
    picture.closesSeconds > picture.mostSeconds
      ? PLOT_WIDTH - 1
      : column(scale, picture.closesSeconds);
  cells.fill(style.faint(WINDOW), from, until + 1);
  for (const mark of row.marks) draw(cells, mark, scale, style);
  return cells.join('').trimEnd();
}

function draw(cells: string[], mark: Mark, scale: TimeScale, style: Style): void {
  const paint = { refused: style.bad, lands: style.good, open: style.warning }[mark.kind];
  const [first, last] = [column(scale, mark.fromSeconds), column(scale, mark.toSeconds)];
  for (let at = first; at <= last; at++) cells[at] = paint(MARKS[mark.kind]);
}

function ticks({ leastSeconds, mostSeconds }: Picture, scale: TimeScale): string {
  const cells = Array.from({ length: PLOT_WIDTH }, () => ' ');
  let free = 0;
  for (const time of roundTimes(leastSeconds, mostSeconds)) {
    const text = formatDuration(time);
    const start = column(scale, time);
    if (start < free || start + text.length > PLOT_WIDTH) continue;
    for (const [i, character] of [...text].entries()) cells[start + i] = character;
    free = start + text.length + 2;
  }
  return cells.join('').trimEnd();
}
