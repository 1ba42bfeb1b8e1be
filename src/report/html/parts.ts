import { element, type Markup } from '../markup.js';
import type { Drawing } from '../picture/drawing.js';
import { inlineSvg, NARROW, WIDE } from '../picture/to-svg.js';

/*
 * What pages are put together from. Texts may be hostile: `element` escapes them. No element that HTML
 * closes by an end tag is left without content, since `element` would write it as an empty one of XML.
 */

/** How good a word is, by its colour; the word itself says it as well. */
export type Tone = 'good' | 'warn' | 'bad' | 'soft';

/** Elements for these texts and this markup; nothing without any. */
export function section(title: string, ...content: readonly Markup[]): Markup[] {
  if (content.length === 0) return [];
  return [element('section', {}, element('h2', {}, title), ...content)];
}

export function paragraph(text: string, kind = ''): Markup {
  return element('p', kind === '' ? {} : { class: kind }, text);
}

/** Words that stand out, each with its tone. */
export function chips(words: readonly (readonly [text: string, tone: Tone])[]): Markup {
  return element(
    'ul',
    { class: 'chips' },
    ...words.map(([text, tone]) => element('li', { class: `chip ${tone}` }, text)),
  );
}

/** A list; nothing without items. */
export function list(items: readonly (string | Markup)[], kind = ''): Markup[] {
  if (items.length === 0) return [];
  const lines = items.map((item) => element('li', {}, item));
  return [element('ul', kind === '' ? {} : { class: kind }, ...lines)];
}

/** Items of several parts each. */
export function cards(items: readonly (readonly Markup[])[]): Markup[] {
  if (items.length === 0) return [];
  return [element('ul', { class: 'cards' }, ...items.map((parts) => element('li', {}, ...parts)))];
}

/** Terms with what they are; empty ones are left out. */
export function facts(pairs: readonly (readonly [term: string, text: string])[]): Markup {
  const shown = pairs.filter(([, text]) => text !== '');
  return element(
    'dl',
    {},
    ...shown.flatMap(([term, text]) => [element('dt', {}, term), element('dd', {}, text)]),
  );
}

/** Lines that are there to be copied, with a button where scripts run. */
export function toCopy(lines: readonly string[]): Markup {
  return element('div', { class: 'copy' }, element('pre', {}, ...lines));
}

/** Closed until somebody opens it; on paper it is left out. */
export function fold(title: string, ...content: readonly Markup[]): Markup {
  const inner = element('div', { class: 'fold' }, ...content);
  return element('details', {}, element('summary', {}, title), inner);
}

/** A picture for wide and for narrow screens; `id` is unique in the page. */
export function figure(drawing: Drawing, title: string, id: string): Markup {
  const wide = inlineSvg(drawing, title, `${id}-wide`, WIDE);
  const narrow = inlineSvg(drawing, title, `${id}-narrow`, NARROW);
  return element(
    'figure',
    {},
    element('div', { class: 'wide' }, wide),
    element('div', { class: 'narrow' }, narrow),
  );
}

/** A text, or a number with how it is written; null: nothing. */
export type Cell = string | Markup | { readonly by: number; readonly text: string } | null;

export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => Cell;
  /** Numbers stand right; long texts may break anywhere, and replies have the most room. */
  readonly kind?: 'number' | 'long' | 'reply';
}

/** More rows than this can be filtered; the script has the same number. */
const LONG_TABLE = 8;

/** A table that sorts and filters where scripts run. Nothing without rows. */
export function table<Row>(
  caption: string,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
): Markup[] {
  if (rows.length === 0) return [];
  const of = (column: Column<Row>) => (column.kind === undefined ? {} : { class: column.kind });
  const heads = columns.map((column) =>
    element('th', { scope: 'col', ...of(column) }, column.title),
  );
  const lines = rows.map((row) => {
    const cells = columns.map((column) => tableCell(column.cell(row), of(column)));
    return element('tr', {}, ...cells);
  });
  const whole = element(
    'table',
    {},
    element('caption', {}, caption),
    element('thead', {}, element('tr', {}, ...heads)),
    element('tbody', {}, ...lines),
  );
  const scroll = { class: 'scroll', role: 'region', 'aria-label': caption, tabindex: 0 };
  const filter = rows.length > LONG_TABLE ? [filterOf(caption)] : [];
  return [element('div', { class: 'listing' }, ...filter, element('div', scroll, whole))];
}

function tableCell(cell: Cell, attributes: Readonly<Record<string, string>>): Markup {
  if (cell === null) return element('td', attributes, '');
  if (typeof cell === 'string' || !('by' in cell)) return element('td', attributes, cell);
  return element('td', { ...attributes, 'data-by': cell.by }, cell.text);
}

function filterOf(caption: string): Markup {
  return element(
    'p',
    { class: 'filter', hidden: '' },
    element(
      'label',
      {},
      'Filter',
      element('input', { type: 'search', 'aria-label': `Filter: ${caption}` }),
    ),
    element('output', { class: 'soft' }, ''),
  );
}
