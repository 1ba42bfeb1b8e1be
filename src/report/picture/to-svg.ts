import { formatDuration } from '../../model/values/duration.js';
import { type Attributes, block, element, type Markup } from '../markup.js';
import { roundTimes, type TimeScale, timeScale } from './axis.js';
import { type Mark, type MarkKind, type Picture, type Row, UNVERIFIED_SIGN } from './of-advice.js';

const LABEL_WIDTH = 232;
const PLOT_WIDTH = 728;
const MARGIN = 16;
const LEFT = MARGIN + LABEL_WIDTH;
const RIGHT = LEFT + PLOT_WIDTH;
const WIDTH = RIGHT + MARGIN;
const ROW_HEIGHT = 22;
const HEAD_HEIGHT = 66;
const AXIS_HEIGHT = 64;

/** Colours that stay apart for colour-blind eyes; shapes differ too. */
const COLOURS: Readonly<Record<MarkKind, string>> = {
  refused: '#b3362b',
  lands: '#1f6f54',
  open: '#9a6a06',
};
const KIND_WORDS: Readonly<Record<MarkKind, string>> = {
  refused: 'refused',
  lands: 'lands',
  open: 'perhaps lands',
};
const INK = '#1d2321';
const SOFT = '#59625f';
const GRID = '#e4e8e6';
const WINDOW_FILL = '#e2f0e6';
const WINDOW_EDGE = '#7fb092';

/** Senders as rows, time as axis, retries as marks or spans, the window shaded: one SVG document. */
export function renderTimelineSvg(picture: Picture, title: string): string {
  const scale = timeScale(picture.leastSeconds, picture.mostSeconds);
  const bottom = HEAD_HEIGHT + picture.rows.length * ROW_HEIGHT;
  const height = bottom + AXIS_HEIGHT;
  const head = {
    xmlns: 'http://www.w3.org/2000/svg',
    width: WIDTH,
    height,
    viewBox: `0 0 ${WIDTH} ${height}`,
    role: 'img',
    'aria-labelledby': 'title desc',
    'font-family': 'system-ui, Segoe UI, DejaVu Sans, sans-serif',
    'font-size': 12,
  };
  const svg = block('svg', head, [
    element('title', { id: 'title' }, title),
    element('desc', { id: 'desc' }, description(picture)),
    element('rect', { width: WIDTH, height, fill: '#ffffff' }),
    text(MARGIN, 26, title, { 'font-size': 16, 'font-weight': 600, fill: INK }),
    ...shading(picture, scale, bottom),
    ...axis(picture, scale, bottom),
    ...picture.rows.flatMap((row, i) =>
      rowLines(row, HEAD_HEIGHT + i * ROW_HEIGHT, picture, scale),
    ),
    ...legend(picture, height - 14),
  ]);
  return `${svg.text}\n`;
}

function x(scale: TimeScale, seconds: number): number {
  return round(LEFT + scale(seconds) * PLOT_WIDTH);
}

/** The window, its edges, and over it from when to when it is open. */
function shading(picture: Picture, scale: TimeScale, bottom: number): Markup[] {
  const { opensSeconds, closesSeconds, mostSeconds } = picture;
  const from = x(scale, opensSeconds);
  const to = x(scale, closesSeconds ?? mostSeconds);
  const edges = [from, ...(closesSeconds !== null && closesSeconds <= mostSeconds ? [to] : [])];
  const width = Math.max(1, round(to - from));
  // Where there is no room to the right of the edge, the words end there.
  const late = from > LEFT + PLOT_WIDTH * 0.6;
  return [
    element('rect', {
      x: from,
      y: HEAD_HEIGHT,
      width,
      height: bottom - HEAD_HEIGHT,
      fill: WINDOW_FILL,
    }),
    ...edges.map((at) =>
      line([at, HEAD_HEIGHT - 6], [at, bottom], { stroke: WINDOW_EDGE, 'stroke-width': 1.5 }),
    ),
    text(late ? to : from, HEAD_HEIGHT - 12, windowWords(picture), {
      fill: COLOURS.lands,
      'font-weight': 600,
      'text-anchor': late ? 'end' : 'start',
    }),
  ];
}

function windowWords({ opensSeconds, closesSeconds }: Picture): string {
  const from = `accepted from ${formatDuration(opensSeconds)}`;
  return closesSeconds === null
    ? `${from}; closing edge not seen`
    : `${from} to ${formatDuration(closesSeconds)}`;
}

function rowLines(row: Row, top: number, picture: Picture, scale: TimeScale): Markup[] {
  const middle = top + ROW_HEIGHT / 2;
  const name = text(MARGIN, middle + 4, row.label, { fill: INK });
  if (row.instead !== null) {
    return [name, text(LEFT, middle + 4, row.instead, { fill: SOFT, 'font-style': 'italic' })];
  }
  const rule = line([LEFT, middle], [RIGHT, middle], { stroke: '#000000', 'stroke-opacity': 0.07 });
  return [name, rule, ...row.marks.map((mark) => markShape(mark, middle, picture, scale))];
}

function markShape(mark: Mark, middle: number, picture: Picture, scale: TimeScale): Markup {
  const from = x(scale, mark.fromSeconds);
  const to = x(scale, mark.toSeconds);
  const hint = element('title', {}, markWords(mark));
  if (mark.toSeconds < picture.leastSeconds) return sooner(from, middle, hint);
  return to - from >= 8
    ? bar(from, to - from - 1, middle, barPaint(mark.kind), hint)
    : sign((from + to) / 2, middle, mark.kind, hint);
}

function markWords(mark: Mark): string {
  const { fromSeconds, toSeconds, kind, verified } = mark;
  const [from, to] = [formatDuration(fromSeconds), formatDuration(toSeconds)];
  const when = from === to ? from : `${from} to ${to}`;
  return `${when}: ${KIND_WORDS[kind]}${verified ? '' : ' (not verified)'}`;
}

function barPaint(kind: MarkKind): Attributes {
  return kind === 'open'
    ? { fill: '#ffffff', stroke: COLOURS.open, 'stroke-width': 2 }
    : { fill: COLOURS[kind] };
}

/** A hair of white, in the width, keeps spans that touch apart. */
function bar(from: number, width: number, middle: number, paint: Attributes, ...hint: Markup[]) {
  const place = { x: from, y: middle - 4, width: round(width), height: 8, rx: 3 };
  return element('rect', { ...place, ...paint }, ...hint);
}

/** A cross, a dot or a ring. */
function sign(at: number, middle: number, kind: MarkKind, ...hint: Markup[]): Markup {
  const left = round(at);
  if (kind === 'refused') return stroke(`M${round(left - 4)} ${middle - 4}l8 8m0 -8l-8 8`, ...hint);
  const fill = kind === 'lands' ? COLOURS.lands : '#ffffff';
  const ring = { cx: left, cy: middle, r: 4.5, fill, stroke: COLOURS[kind], 'stroke-width': 2 };
  return element('circle', ring, ...hint);
}

/** A try before the axis begins. */
function sooner(at: number, middle: number, ...hint: Markup[]): Markup {
  return stroke(`M${at} ${middle - 4}l-5 4l5 4`, ...hint);
}

function stroke(d: string, ...hint: Markup[]): Markup {
  const paint = { stroke: COLOURS.refused, 'stroke-width': 2, 'stroke-linecap': 'round' };
  return element('path', { d, ...paint, fill: 'none' }, ...hint);
}

function axis(picture: Picture, scale: TimeScale, bottom: number): Markup[] {
  let free = LEFT;
  const ticks = roundTimes(picture.leastSeconds, picture.mostSeconds).flatMap((time) => {
    const at = x(scale, time);
    if (at < free || at > RIGHT - 20) return [];
    free = at + 52;
    return [
      line([at, HEAD_HEIGHT], [at, bottom], { stroke: GRID, 'stroke-dasharray': '2 3' }),
      line([at, bottom], [at, bottom + 5], { stroke: SOFT }),
      text(at, bottom + 18, formatDuration(time), { fill: SOFT, 'text-anchor': 'middle' }),
    ];
  });
  return [
    ...ticks,
    line([LEFT, bottom], [RIGHT, bottom], { stroke: SOFT }),
    text(MARGIN, bottom + 18, 'after the first try', { fill: SOFT }),
  ];
}

/** The shapes that this picture has, with what they mean. */
function legend(picture: Picture, baseline: number): Markup[] {
  const marks = picture.rows.flatMap((row) => row.marks);
  const middle = baseline - 4;
  const has = (kind: MarkKind): boolean => marks.some((mark) => mark.kind === kind);
  const entries: [string, (at: number) => Markup][] = [
    ['refused', (at) => sign(at, middle, 'refused')],
    ['lands', (at) => sign(at, middle, 'lands')],
  ];
  if (has('open')) entries.push(['perhaps', (at) => sign(at, middle, 'open')]);
  if (marks.some(({ fromSeconds, toSeconds }) => fromSeconds < toSeconds)) {
    entries.push(['at some time in it', (at) => bar(at - 9, 18, middle, { fill: SOFT })]);
  }
  if (marks.some(({ toSeconds }) => toSeconds < picture.leastSeconds)) {
    entries.push(['sooner', (at) => sooner(at + 3, middle)]);
  }
  let at = LEFT + 8;
  const shown = entries.flatMap(([words, shape]) => {
    const drawn = [shape(at), text(at + 14, baseline, words, { fill: INK })];
    at += 44 + words.length * 7;
    return drawn;
  });
  const unverified = marks.some(({ verified }) => !verified)
    ? [text(at, baseline, `${UNVERIFIED_SIGN} not verified`, { fill: INK })]
    : [];
  return [...shown, ...unverified];
}

/** What the picture shows, for those who cannot see it. */
function description(picture: Picture): string {
  const rows = picture.rows.map(({ label, marks, instead }) => {
    const words = instead ?? `${marks.map(markWords).join('; ')}.`;
    return `${label.replace(` ${UNVERIFIED_SIGN}`, '')}: ${words}`;
  });
  return [`Retries are ${windowWords(picture)} after the first try.`, ...rows].join(' ');
}

type Point = readonly [x: number, y: number];

function line([x1, y1]: Point, [x2, y2]: Point, paint: Attributes): Markup {
  return element('line', { x1, y1, x2, y2, ...paint });
}

function text(left: number, baseline: number, words: string, attributes: Attributes): Markup {
  return element('text', { x: left, y: baseline, ...attributes }, words);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
