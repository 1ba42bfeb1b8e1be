import { formatDuration } from '../../model/values/duration.js';
import { type Attributes, block, constant, element, type Markup } from '../markup.js';
import { shortenInside } from '../text/wrap.js';
import { roundTimes, type TimeScale, timeScale } from './axis.js';
import { colourRules, PICTURE_RULES } from './colours.js';
import type { Band, BandKind, Drawing, DrawnRow } from './drawing.js';
import { type Mark, type MarkKind, UNVERIFIED_SIGN } from './of-advice.js';

/** Measures of a picture, in pixels. */
export interface Measures {
  readonly width: number;
  readonly margin: number;
  /** Room for the names of rows beside them; 0: they stand above. */
  readonly labelWidth: number;
  /** Characters of a name. */
  readonly labelLength: number;
  readonly rowHeight: number;
}

const ALONE: Measures = {
  width: 976,
  margin: 20,
  labelWidth: 224,
  labelLength: 34,
  rowHeight: 22,
};
export const WIDE: Measures = {
  ...ALONE,
  width: 820,
  margin: 1,
  labelWidth: 190,
  labelLength: 28,
};
/** For a telephone, and half a page. */
export const NARROW: Measures = {
  width: 344,
  margin: 1,
  labelWidth: 0,
  labelLength: 46,
  rowHeight: 40,
};

/** Signs at the ends of the axis stand out of it. */
const SIGN_ROOM = 8;
const TITLE_HEIGHT = 30;
/** Where the words on the window stand. */
const WORDS_HEIGHT = 28;
const SECTION_HEIGHT = 24;
const AXIS_HEIGHT = 30;
const LEGEND_HEIGHT = 20;
const CHARACTER_WIDTH = 6.6;
/** Between the middles of two times on the axis. */
const TICK_ROOM = 56;

const MARK_WORDS: Readonly<Record<MarkKind, string>> = {
  refused: 'refused',
  accepted: 'accepted',
  lands: 'passes',
  open: 'perhaps passes',
};
const MARK_CLASSES: Readonly<Record<MarkKind, string>> = {
  refused: 'gp-refused',
  accepted: 'gp-accepted',
  lands: 'gp-lands',
  open: 'gp-perhaps',
};
const BAND_WORDS: Readonly<Record<BandKind, string>> = {
  opens: 'opens in here',
  open: 'seen open',
  closes: 'closes in here',
  assumed: 'not seen to close',
};

/** A document of its own, with its title, its ground and its colours, light and dark. */
export function renderSvg(drawing: Drawing, title: string): string {
  const layout = layoutOf(drawing, ALONE, ALONE.margin + TITLE_HEIGHT);
  const style = constant('style', colourRules('svg') + PICTURE_RULES);
  const svg = svgElement(drawing, title, 'picture', layout, [
    style,
    element('rect', { class: 'gp-ground', width: ALONE.width, height: layout.height, rx: 8 }),
    text(ALONE.margin, ALONE.margin + 14, title, 'gp-title'),
  ]);
  return `${svg.text}\n`;
}

/** A picture within a page that has the rules of its classes. `id` is unique there. */
export function inlineSvg(drawing: Drawing, title: string, id: string, measures: Measures): Markup {
  return svgElement(drawing, title, id, layoutOf(drawing, measures, 0), []);
}

interface Layout extends Measures {
  readonly scale: TimeScale;
  /** Left and right end of the plot. */
  readonly left: number;
  readonly right: number;
  /** Where the words on the window, the plot and its axis begin. */
  readonly wordsTop: number;
  readonly top: number;
  readonly bottom: number;
  readonly height: number;
  readonly legend: readonly PlacedEntry[];
}

function layoutOf(drawing: Drawing, measures: Measures, wordsTop: number): Layout {
  const { width, margin, labelWidth, rowHeight } = measures;
  const heights = drawing.sections.map(
    ({ title, rows }) => (title === null ? 0 : SECTION_HEIGHT) + rows.length * rowHeight,
  );
  const left = margin + labelWidth + SIGN_ROOM;
  const right = width - margin - SIGN_ROOM;
  const top = wordsTop + (drawing.words === '' ? 0 : WORDS_HEIGHT);
  const bottom = top + heights.reduce((sum, height) => sum + height, 0);
  const under = bottom + (hasTime(drawing) ? AXIS_HEIGHT : 0);
  const legend = placed(legendOf(drawing), left, right);
  const lines = Math.max(0, ...legend.map(({ line }) => line + 1));
  return {
    ...measures,
    scale: timeScale(drawing.leastSeconds, drawing.mostSeconds),
    left,
    right,
    wordsTop,
    top,
    bottom,
    height: under + lines * LEGEND_HEIGHT + margin,
    legend,
  };
}

function hasTime({ leastSeconds, mostSeconds }: Drawing): boolean {
  return mostSeconds > leastSeconds;
}

function svgElement(
  drawing: Drawing,
  title: string,
  id: string,
  layout: Layout,
  first: readonly Markup[],
): Markup {
  const { width, height } = layout;
  const head = {
    xmlns: 'http://www.w3.org/2000/svg',
    width,
    height,
    viewBox: `0 0 ${width} ${height}`,
    role: 'img',
    'aria-labelledby': `${id}-title ${id}-desc`,
  };
  return block('svg', head, [
    element('title', { id: `${id}-title` }, title),
    element('desc', { id: `${id}-desc` }, description(drawing)),
    ...first,
    ...drawing.bands.flatMap((band) => bandShape(band, layout.top, layout.bottom, layout)),
    ...(hasTime(drawing) ? axis(drawing, layout) : []),
    ...(drawing.words === '' ? [] : [windowText(drawing, layout)]),
    ...sections(drawing, layout),
    ...legend(layout),
  ]);
}

function x({ scale, left, right }: Layout, seconds: number): number {
  return round(left + scale(seconds) * (right - left));
}

/** A band, and a line at the edge of what was seen open; what the axis does not show is left out. */
function bandShape(band: Band, top: number, to: number, layout: Layout): Markup[] {
  const { kind, fromSeconds, toSeconds } = band;
  const [from, until] = [x(layout, fromSeconds), x(layout, toSeconds)];
  const edge = EDGES[kind]?.(from, until);
  if (from >= layout.right) return [];
  const place = { x: from, y: top, width: round(until - from), height: round(to - top) };
  const shape = element('rect', { class: `gp-${kind}`, ...place });
  return edge === undefined ? [shape] : [shape, line([edge, top], [edge, to], 'gp-edge')];
}

const EDGES: Partial<Record<BandKind, (from: number, until: number) => number>> = {
  opens: (_, until) => until,
  closes: (from) => from,
};

/** Over the opening; where there is no room to its right, the words end there. */
function windowText({ bands, words }: Drawing, layout: Layout): Markup {
  const at = x(layout, bands[0]?.toSeconds ?? 0);
  const fits = at + words.length * CHARACTER_WIDTH <= layout.right;
  const baseline = layout.wordsTop + WORDS_HEIGHT - 10;
  if (fits) return text(at, baseline, words, 'gp-window');
  const begins = at - words.length * CHARACTER_WIDTH >= layout.margin;
  return begins
    ? text(at, baseline, words, 'gp-window gp-end')
    : text(layout.right, baseline, words, 'gp-window gp-end');
}

function sections(drawing: Drawing, layout: Layout): Markup[] {
  let top = layout.top;
  return drawing.sections.flatMap(({ title, rows }) => {
    const head = title === null ? [] : [text(layout.margin, top + 17, title, 'gp-section')];
    if (title !== null) top += SECTION_HEIGHT;
    const drawn = rows.flatMap((row) => {
      const shapes = rowShapes(row, top, drawing, layout);
      top += layout.rowHeight;
      return shapes;
    });
    return [...head, ...drawn];
  });
}

function rowShapes(row: DrawnRow, top: number, drawing: Drawing, layout: Layout): Markup[] {
  const { left, right, margin, rowHeight, labelWidth, labelLength } = layout;
  const above = labelWidth === 0;
  const middle = above ? top + rowHeight - 12 : top + rowHeight / 2;
  const label = shortenInside(row.label, labelLength);
  const name = text(margin, above ? top + 15 : middle + 4, label, '');
  if (row.instead !== null) {
    const room = Math.floor((right - left) / CHARACTER_WIDTH);
    return [name, text(left, middle + 4, shortenInside(row.instead, room), 'gp-soft')];
  }
  const bands = row.bands.flatMap((band) => bandShape(band, middle - 8, middle + 8, layout));
  const rule = line([left, middle], [right, middle], 'gp-rule');
  const marks = drawing.isBrief
    ? briefMarks(row.marks, middle, layout)
    : row.marks.map((mark) => markShape(mark, middle, drawing.leastSeconds, layout));
  return [name, ...bands, rule, ...marks];
}

/** The crosses of a row as one shape, and its other signs. */
function briefMarks(marks: readonly Mark[], middle: number, layout: Layout): Markup[] {
  const at = (mark: Mark) => x(layout, mark.fromSeconds);
  const refused = marks.filter(({ kind }) => kind === 'refused');
  const d = refused.map((mark) => crossPath(at(mark), middle)).join('');
  return [
    ...(d === '' ? [] : [element('path', { class: 'gp-cross gp-refused', d })]),
    ...marks
      .filter((mark) => !refused.includes(mark))
      .map((mark) => sign(at(mark), middle, mark.kind)),
  ];
}

function crossPath(at: number, middle: number): string {
  return `M${round(at - 4)} ${middle - 4}l8 8m0 -8l-8 8`;
}

function markShape(mark: Mark, middle: number, leastSeconds: number, layout: Layout): Markup {
  const from = x(layout, mark.fromSeconds);
  const to = x(layout, mark.toSeconds);
  const hint = element('title', {}, markWords(mark));
  if (mark.toSeconds < leastSeconds) return sooner(from, middle, hint);
  return to - from >= 8
    ? bar(from, to - from - 1, middle, MARK_CLASSES[mark.kind], hint)
    : sign((from + to) / 2, middle, mark.kind, hint);
}

function markWords(mark: Mark): string {
  const { fromSeconds, toSeconds, kind, verified } = mark;
  const [from, to] = [formatDuration(fromSeconds), formatDuration(toSeconds)];
  const when = from === to ? from : `${from} to ${to}`;
  return `${when}: ${MARK_WORDS[kind]}${verified ? '' : ' (not verified)'}`;
}

/** A hair of ground, in the width, keeps spans that touch apart. */
function bar(from: number, width: number, middle: number, kind: string, ...hint: Markup[]) {
  const place = { x: from, y: middle - 4, width: round(width), height: 8, rx: 3 };
  return element('rect', { class: `gp-bar ${kind}`, ...place }, ...hint);
}

/** A cross, a dot or a ring. */
function sign(at: number, middle: number, kind: MarkKind, ...hint: Markup[]): Markup {
  const left = round(at);
  if (kind === 'refused') {
    const d = crossPath(left, middle);
    return element('path', { class: 'gp-cross gp-refused', d }, ...hint);
  }
  const shape = kind === 'lands' ? 'gp-dot' : 'gp-ring';
  const place = { cx: left, cy: middle, r: 4.5 };
  return element('circle', { class: `${shape} ${MARK_CLASSES[kind]}`, ...place }, ...hint);
}

/** A try before the axis begins. */
function sooner(at: number, middle: number, ...hint: Markup[]): Markup {
  const d = `M${round(at + 2)} ${middle - 4}l-5 4l5 4`;
  return element('path', { class: 'gp-cross gp-refused', d }, ...hint);
}

function axis({ leastSeconds, mostSeconds }: Drawing, layout: Layout): Markup[] {
  const { left, right, margin, top, bottom, labelWidth } = layout;
  let free = left;
  const ticks = roundTimes(leastSeconds, mostSeconds).flatMap((time) => {
    const at = x(layout, time);
    if (at < free || at > right - 18) return [];
    free = at + TICK_ROOM;
    return [
      line([at, top], [at, bottom], 'gp-grid'),
      line([at, bottom], [at, bottom + 5], 'gp-axis'),
      text(at, bottom + 19, formatDuration(time), 'gp-soft gp-middle'),
    ];
  });
  const named = labelWidth === 0 ? [] : [text(margin, bottom + 19, AXIS_WORDS, 'gp-soft')];
  return [...ticks, line([left, bottom], [right, bottom], 'gp-axis'), ...named];
}

const AXIS_WORDS = 'time after the first try';

/** A shape with what it means. */
interface Entry {
  readonly words: string;
  readonly shape: (at: number, middle: number) => Markup;
}

interface PlacedEntry extends Entry {
  readonly at: number;
  readonly line: number;
}

/** The shapes that this picture has. */
function legendOf({ sections: all, bands, leastSeconds }: Drawing): readonly Entry[] {
  const rows = all.flatMap((section) => section.rows);
  const marks = rows.flatMap((row) => row.marks);
  const kinds = new Set(marks.map(({ kind }) => kind));
  const shaded = new Set([...bands, ...rows.flatMap((row) => row.bands)].map(({ kind }) => kind));
  const mark = (kind: MarkKind): Entry[] =>
    kinds.has(kind)
      ? [{ words: MARK_WORDS[kind], shape: (at, middle) => sign(at + 9, middle, kind) }]
      : [];
  const band = (kind: BandKind): Entry[] =>
    shaded.has(kind)
      ? [{ words: BAND_WORDS[kind], shape: (at, middle) => swatch(`gp-${kind}`, at, middle) }]
      : [];
  const some = (words: string, holds: boolean, shape: Entry['shape']): Entry[] =>
    holds ? [{ words, shape }] : [];
  return [
    ...mark('refused'),
    ...mark('accepted'),
    ...mark('lands'),
    ...mark('open'),
    ...some(
      'at some time in it',
      marks.some(({ fromSeconds, toSeconds }) => fromSeconds < toSeconds),
      (at, middle) => bar(at, 18, middle, 'gp-plain'),
    ),
    ...some(
      'sooner',
      marks.some(({ toSeconds }) => toSeconds < leastSeconds),
      (at, middle) => sooner(at + 9, middle),
    ),
    ...some(
      'not verified',
      marks.some(({ verified }) => !verified),
      (at, middle) => text(at + 5, middle + 5, UNVERIFIED_SIGN, ''),
    ),
    ...band('opens'),
    ...band('open'),
    ...band('assumed'),
  ];
}

function swatch(kind: string, at: number, middle: number): Markup {
  const place = { x: at, y: middle - 6, width: 18, height: 12 };
  return element('rect', { class: `${kind} gp-swatch`, ...place });
}

/** From left to right, in as many lines as they need. */
function placed(entries: readonly Entry[], left: number, right: number): readonly PlacedEntry[] {
  let at = left;
  let lineAt = 0;
  return entries.map((entry) => {
    const width = 24 + entry.words.length * CHARACTER_WIDTH;
    if (at > left && at + width > right) {
      at = left;
      lineAt += 1;
    }
    const place = { ...entry, at, line: lineAt };
    at += width + 16;
    return place;
  });
}

function legend({ legend: entries, height, margin }: Layout): Markup[] {
  const lines = Math.max(0, ...entries.map((entry) => entry.line + 1));
  return entries.flatMap(({ words, shape, at, line: lineAt }) => {
    const middle = height - margin - (lines - lineAt - 0.5) * LEGEND_HEIGHT;
    return [shape(at, middle), text(at + 24, middle + 4, words, '')];
  });
}

/** What the picture shows, for those who cannot see it. */
function description({ words, sections: all, isBrief }: Drawing): string {
  const said = words === '' ? [] : [`The window ${words}, counted from the first try.`];
  const rows = all.flatMap((section) => section.rows).map((row) => rowWords(row, isBrief));
  return [...said, ...rows].join(' ');
}

function rowWords({ label, marks, bands, instead }: DrawnRow, isBrief: boolean): string {
  const name = label.replace(` ${UNVERIFIED_SIGN}`, '');
  const shaded = bands
    .filter(({ toSeconds }) => Number.isFinite(toSeconds))
    .map(({ kind, fromSeconds, toSeconds }) => {
      const [from, to] = [formatDuration(fromSeconds), formatDuration(toSeconds)];
      return `${from === to ? from : `${from} to ${to}`}: ${BAND_WORDS[kind]}`;
    });
  const told = isBrief ? countedWords(marks) : marks.map(markWords);
  return `${name}: ${instead ?? `${[...shaded, ...told].join('; ')}.`}`;
}

/** `14 refused`, `3 accepted` */
function countedWords(marks: readonly Mark[]): string[] {
  return (['refused', 'accepted'] as const).flatMap((wanted) => {
    const count = marks.filter(({ kind }) => kind === wanted).length;
    return count === 0 ? [] : [`${count} ${wanted}`];
  });
}

type Point = readonly [x: number, y: number];

function line([x1, y1]: Point, [x2, y2]: Point, kind: string): Markup {
  return element('line', { class: kind, x1, y1, x2, y2 });
}

function text(left: number, baseline: number, words: string, kind: string): Markup {
  const attributes: Attributes = { class: `gp-text ${kind}`.trimEnd(), x: left, y: baseline };
  return element('text', attributes, words);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
