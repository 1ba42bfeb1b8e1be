import type { AgeWindow } from '../../core/advice/acceptance-window.js';
import { bracketText, secondsText } from '../../model/values/seconds-text.js';
import { axisBegin } from './axis.js';
import type { Mark, Row } from './of-advice.js';

/*
 * What is drawn as SVG, whatever it is a picture of: rows of marks over one axis of time, counted from
 * the first try, and behind them when a retry passes.
 */

/**
 * `opens`, `closes`: somewhere in here it does. `open`: retries of these ages were accepted. `assumed`:
 * beyond what was measured, and not seen to close.
 */
export type BandKind = 'opens' | 'open' | 'closes' | 'assumed';

export interface Band {
  readonly kind: BandKind;
  readonly fromSeconds: number;
  readonly toSeconds: number;
}

export interface DrawnRow extends Row {
  /** Behind this row alone. */
  readonly bands: readonly Band[];
}

/** Rows that belong together. */
interface Section {
  readonly title: string | null;
  readonly rows: readonly DrawnRow[];
}

export interface Drawing {
  readonly sections: readonly Section[];
  /** Behind all rows. */
  readonly bands: readonly Band[];
  /** What the bands behind all rows say, in a few words; empty without them. */
  readonly words: string;
  /** Marks are drawn and counted, not told one by one: there are many rows of them. */
  readonly isBrief: boolean;
  /** The part of the time axis to show; equal where there is no time to show. */
  readonly leastSeconds: number;
  readonly mostSeconds: number;
}

/** When a retry passes, as bands; none where no retry was seen to pass. */
export function bandsOf({ opens, closes }: AgeWindow): readonly Band[] {
  const by = opens.bySeconds;
  if (by === null) return [];
  const seen = Math.max(by, closes.afterSeconds ?? by);
  const beyond: Band =
    closes.bySeconds === null
      ? { kind: 'assumed', fromSeconds: seen, toSeconds: Number.POSITIVE_INFINITY }
      : { kind: 'closes', fromSeconds: seen, toSeconds: closes.bySeconds };
  return [
    { kind: 'opens', fromSeconds: Math.min(by, opens.afterSeconds ?? 0), toSeconds: by },
    { kind: 'open', fromSeconds: by, toSeconds: seen },
    beyond,
  ];
}

/** `opens after 296.2 to 301 s; not seen to close`; empty where no retry was seen to pass. */
export function windowWords({ opens, closes }: AgeWindow): string {
  if (opens.bySeconds === null) return '';
  const begins = `opens after ${edgeWords(opens)}`;
  if (closes.bySeconds !== null) return `${begins}; closes after ${edgeWords(closes)}`;
  const seen = closes.afterSeconds ?? 0;
  return seen > opens.bySeconds
    ? `${begins}; still open at ${secondsText(seen)}`
    : `${begins}; not seen to close`;
}

/** An edge that is given is known exactly. */
function edgeWords(edge: AgeWindow['opens']): string {
  const { afterSeconds, bySeconds } = edge;
  return bySeconds !== null && afterSeconds === bySeconds
    ? secondsText(bySeconds)
    : bracketText(edge);
}

/** A row without bands of its own. */
export function plainRow(row: Row): DrawnRow {
  return { ...row, bands: [] };
}

/** The axis for rows that each have their own window. */
export function axisOfBands(
  rows: readonly DrawnRow[],
): Pick<Drawing, 'leastSeconds' | 'mostSeconds'> {
  const times = rows
    .flatMap(({ bands, marks }) => [...bands, ...marks])
    .flatMap(({ fromSeconds, toSeconds }: Band | Mark) => [fromSeconds, toSeconds])
    .filter((time) => time > 0 && Number.isFinite(time));
  if (times.length === 0) return { leastSeconds: 1, mostSeconds: 1 };
  return {
    leastSeconds: axisBegin(Math.min(...times)),
    mostSeconds: 1.3 * Math.max(...times),
  };
}
