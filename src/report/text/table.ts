import type { Style } from './style.js';
import { columnsOf, hanging, shorten, wrapText } from './wrap.js';

export const GAP = '  ';

export type LabelledText = readonly [label: string, text: string];

/**
 * How wide each column is: as its widest cell, or its title; the column `gives` gives way where the
 * lines would be longer than `most`. Null where less than `least` would be left for it: then a list is
 * read more easily than a table.
 */
export function columnWidths(
  titles: readonly string[],
  rows: readonly (readonly string[])[],
  { gives, least }: { readonly gives: number; readonly least: number },
  most: number,
): readonly number[] | null {
  const widths = titles.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => columnsOf(row[column] ?? ''))),
  );
  const total = widths.reduce((sum, width) => sum + width, GAP.length * (widths.length - 1));
  const own = widths[gives] ?? 0;
  const left = most - total + own;
  if (left < least) return null;
  const given = Math.max(titles[gives]?.length ?? 0, Math.min(left, own));
  return widths.map((width, column) => (column === gives ? given : width));
}

/** Cells in their columns, each cut to its width. */
export function tableLine(
  cells: readonly string[],
  widths: readonly number[],
  gap: string = GAP,
): string {
  return cells
    .map((text, column) => padded(text, widths[column] ?? 0))
    .join(gap)
    .trimEnd();
}

/** Rows below their titles, of which the first gives way; a list where they would be too long for a line. */
export function tableOrList(
  titles: readonly string[],
  rows: readonly (readonly string[])[],
  style: Style,
): readonly string[] {
  const widths = columnWidths(titles, rows, { gives: 0, least: LEAST_NAME }, style.columns);
  if (widths !== null) {
    return [style.strong(tableLine(titles, widths)), ...rows.map((row) => tableLine(row, widths))];
  }
  return rows.flatMap(([name = '', ...cells]) => [
    ...wrapText(name, style.columns).map(style.strong),
    ...hanging('  ', cells.join('; '), 2, style.columns),
  ]);
}

/** Columns that a name needs at least. */
const LEAST_NAME = 16;

/** Texts below each other, of which the first has the label. */
export function underLabel(label: string, texts: readonly string[]): LabelledText[] {
  return texts.map((text, index) => [index === 0 ? label : '', text]);
}

/** Text of exactly so many columns. */
export function padded(text: string, width: number): string {
  const cut = shorten(text, width);
  return cut + ' '.repeat(Math.max(0, width - columnsOf(cut)));
}
