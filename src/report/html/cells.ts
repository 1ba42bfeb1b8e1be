import type { Edge } from '../../model/time.js';
import { formatDuration } from '../../model/values/duration.js';
import { bracketText } from '../../model/values/seconds-text.js';
import type { Cell } from './parts.js';

/* Cells with numbers, which sort by them. */

/** `1,234`, perhaps with words before it. */
export function numberCell(value: number, before = ''): Cell {
  return { by: value, text: `${before}${value.toLocaleString('en')}` };
}

/** `5 min`; empty where it is not known. */
export function durationCell(seconds: number | null): Cell {
  return seconds === null ? null : { by: seconds, text: formatDuration(seconds) };
}

/** Where an edge of a window lies, sorted by the age at which it is passed for sure; empty: not seen. */
export function edgeCell(edge: Edge | undefined): Cell {
  if (edge === undefined || edge.bySeconds === null) return null;
  return { by: edge.bySeconds, text: bracketText(edge) };
}
