import type { Style } from '../text/style.js';
import { flowed, shorten, shortenInside } from '../text/wrap.js';
import { roundTimes, type TimeScale, tickLine, timeScale } from './axis.js';
import { type Mark, type MarkKind, type Picture, type Row, UNVERIFIED_SIGN } from './of-advice.js';

const LABEL_WIDTH = 27;
const WINDOW = '░';
const SOONER = '‹';
const MARKS: Readonly<Record<MarkKind, string>> = {
  refused: 'x',
  accepted: 'o',
  lands: 'o',
  open: '?',
};

/** Columns for the names and for the plot, and the scale of the plot. */
interface Layout {
  readonly labelWidth: number;
  readonly plotWidth: number;
  readonly scale: TimeScale;
}

/** Retries as rows of marks against the shaded window, time to the right. */
export function renderAdviceTimeline(picture: Picture, style: Style): readonly string[] {
  const layout = layoutOf(picture, style.columns);
  const { labelWidth, plotWidth } = layout;
  const { leastSeconds, mostSeconds } = picture;
  return [
    ...picture.rows.map((row) => `${label(row.label, layout)}${plot(row, picture, layout, style)}`),
    `${label('', layout)}${'─'.repeat(plotWidth)}`,
    `${label('after first try', layout)}${tickLine(roundTimes(leastSeconds, mostSeconds), (time) => column(layout, time), plotWidth)}`,
    ...flowed(legend(picture), plotWidth).map((line) => ' '.repeat(labelWidth) + style.faint(line)),
  ];
}

function layoutOf({ leastSeconds, mostSeconds }: Picture, width: number): Layout {
  const labelWidth = Math.min(LABEL_WIDTH, Math.floor(width * 0.4));
  return {
    labelWidth,
    plotWidth: width - labelWidth - 1,
    scale: timeScale(leastSeconds, mostSeconds),
  };
}

/** What the signs mean: those that are always there, and those that this picture has. */
function legend({ rows, leastSeconds }: Picture): string[] {
  const marks = rows.flatMap((row) => row.marks);
  const kinds = new Set(marks.map(({ kind }) => kind));
  return [
    'x refused',
    'o lands',
    ...(kinds.has('open') ? ['? perhaps'] : []),
    ...(marks.some((mark) => isSooner(mark, leastSeconds)) ? [`${SOONER} sooner`] : []),
    `${WINDOW} accepted`,
    ...(marks.every(({ verified }) => verified) ? [] : [`${UNVERIFIED_SIGN} not verified`]),
  ];
}

function isSooner({ toSeconds }: Mark, leastSeconds: number): boolean {
  return toSeconds < leastSeconds;
}

/** Long names differ at their ends, as those of the two queues of Exchange do. */
function label(text: string, { labelWidth }: Layout): string {
  return shortenInside(text, labelWidth - 1).padEnd(labelWidth);
}

function column({ scale, plotWidth }: Layout, seconds: number): number {
  return Math.round(scale(seconds) * (plotWidth - 1));
}

function plot(row: Row, picture: Picture, layout: Layout, style: Style): string {
  const { plotWidth } = layout;
  if (row.instead !== null) return shorten(row.instead, plotWidth);
  const cells = Array.from({ length: plotWidth }, () => ' ');
  const closes = picture.closesSeconds;
  const until =
    closes === null || closes > picture.mostSeconds ? plotWidth - 1 : column(layout, closes);
  cells.fill(style.faint(WINDOW), column(layout, picture.opensSeconds), until + 1);
  for (const mark of row.marks) draw(cells, mark, picture, layout, style);
  return cells.join('').trimEnd();
}

function draw(
  cells: string[],
  mark: Mark,
  { leastSeconds }: Picture,
  layout: Layout,
  style: Style,
): void {
  const paint = {
    refused: style.bad,
    accepted: style.good,
    lands: style.good,
    open: style.warning,
  }[mark.kind];
  const sign = isSooner(mark, leastSeconds) ? SOONER : MARKS[mark.kind];
  const last = column(layout, mark.toSeconds);
  for (let at = column(layout, mark.fromSeconds); at <= last; at++) cells[at] = paint(sign);
}
