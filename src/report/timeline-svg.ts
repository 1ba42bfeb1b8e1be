import { formatDuration } from '../values/duration.js';
import type { Mark, Picture, Row } from './advice-rows.js';
import { roundTimes, type TimeScale, timeScale } from './advice-scale.js';

const LABEL_WIDTH = 240;
const PLOT_WIDTH = 720;
const MARGIN = 16;
const ROW_HEIGHT = 22;
const TITLE_HEIGHT = 44;
const AXIS_HEIGHT = 56;
const WIDTH = LABEL_WIDTH + PLOT_WIDTH + 2 * MARGIN;

/** Colours that stay apart for colour-blind eyes; shapes differ too. */
const COLOURS = { refused: '#b3362b', lands: '#1f6f54', open: '#b07a10' } as const;

/** Senders as rows, time as axis, retries as marks or spans, the window shaded: one SVG document. */
export function renderTimelineSvg(picture: Picture, title: string): string {
  const scale = timeScale(picture.leastSeconds, picture.mostSeconds);
  const bottom = TITLE_HEIGHT + picture.rows.length * ROW_HEIGHT;
  const height = bottom + AXIS_HEIGHT;
  const lines = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img" font-family="system-ui, sans-serif" font-size="12">`,
    `<title>${escapeXml(title)}</title>`,
    `<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>`,
    text(MARGIN, 26, title, 'font-size="15" font-weight="600"'),
    shading(picture, scale, bottom),
    ...picture.rows.flatMap((row, i) => rowLines(row, TITLE_HEIGHT + i * ROW_HEIGHT, scale)),
    ...axis(picture, scale, bottom),
    ...legend(height - 10),
    '</svg>',
  ];
  return `${lines.join('\n')}\n`;
}

function x(scale: TimeScale, seconds: number): number {
  return round(MARGIN + LABEL_WIDTH + scale(seconds) * PLOT_WIDTH);
}

function shading(picture: Picture, scale: TimeScale, bottom: number): string {
  const from = x(scale, picture.opensSeconds);
  const width = round(x(scale, picture.closesSeconds) - from);
  return `<rect x="${from}" y="${TITLE_HEIGHT}" width="${width}" height="${bottom - TITLE_HEIGHT}" fill="#dcecdf"/>`;
}

function rowLines(row: Row, top: number, scale: TimeScale): string[] {
  const middle = top + ROW_HEIGHT / 2;
  const name = text(MARGIN, middle + 4, row.label, 'fill="#222222"');
  if (row.instead !== null) {
    return [name, text(MARGIN + LABEL_WIDTH, middle + 4, row.instead, 'fill="#777777"')];
  }
  const rule = `<line x1="${MARGIN + LABEL_WIDTH}" y1="${middle}" x2="${WIDTH - MARGIN}" y2="${middle}" stroke="#e3e3e3"/>`;
  return [name, rule, ...row.marks.map((mark) => markShape(mark, middle, scale))];
}

function markShape(mark: Mark, middle: number, scale: TimeScale): string {
  const colour = COLOURS[mark.kind];
  const from = x(scale, mark.fromSeconds);
  const to = x(scale, mark.toSeconds);
  const when =
    mark.fromSeconds === mark.toSeconds
      ? formatDuration(mark.fromSeconds)
      : `${formatDuration(mark.fromSeconds)} to ${formatDuration(mark.toSeconds)}`;
  const hint = `<title>${escapeXml(`${when}: ${mark.kind}`)}</title>`;
  if (to - from >= 8) {
    return `<rect x="${from}" y="${middle - 4}" width="${round(to - from)}" height="8" rx="3" fill="${colour}" fill-opacity="0.75">${hint}</rect>`;
  }
  if (mark.kind === 'refused') {
    return `<path d="M${from - 4} ${middle - 4}l8 8m0 -8l-8 8" stroke="${colour}" stroke-width="2" fill="none">${hint}</path>`;
  }
  const fill = mark.kind === 'lands' ? colour : '#ffffff';
  return `<circle cx="${from}" cy="${middle}" r="4.5" fill="${fill}" stroke="${colour}" stroke-width="2">${hint}</circle>`;
}

function axis(picture: Picture, scale: TimeScale, bottom: number): string[] {
  const left = MARGIN + LABEL_WIDTH;
  const line = `<line x1="${left}" y1="${bottom}" x2="${WIDTH - MARGIN}" y2="${bottom}" stroke="#555555"/>`;
  let free = left;
  const ticks = roundTimes(picture.leastSeconds, picture.mostSeconds).flatMap((time) => {
    const at = x(scale, time);
    if (at < free || at > WIDTH - MARGIN - 20) return [];
    free = at + 48;
    return [
      `<line x1="${at}" y1="${bottom}" x2="${at}" y2="${bottom + 5}" stroke="#555555"/>`,
      text(at, bottom + 18, formatDuration(time), 'fill="#444444" text-anchor="middle"'),
    ];
  });
  return [line, ...ticks, text(MARGIN, bottom + 18, 'after the first try', 'fill="#444444"')];
}

function legend(baseline: number): string[] {
  const entries = [
    ['refused', COLOURS.refused],
    ['lands', COLOURS.lands],
    ['perhaps', COLOURS.open],
    ['shaded: accepted', '#5f8f6b'],
  ] as const;
  return entries.map(([words, colour], i) =>
    text(MARGIN + LABEL_WIDTH + i * 110, baseline, words, `fill="${colour}" font-weight="600"`),
  );
}

function text(left: number, baseline: number, words: string, attributes: string): string {
  return `<text x="${left}" y="${baseline}" ${attributes}>${escapeXml(words)}</text>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** Text for XML: markup escaped, and what XML 1.0 cannot hold left out. */
function escapeXml(words: string): string {
  return words
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '')
    .replace(/&/gu, '&amp;')
    .replace(/</gu, '&lt;')
    .replace(/>/gu, '&gt;')
    .replace(/"/gu, '&quot;');
}
