import type { SurveyRow } from '../../contract/survey-row.js';
import type { AgeWindow } from '../../core/advice/acceptance-window.js';
import type { Drawing } from './drawing.js';
import { drawingOfWindows } from './drawings.js';

/** More rows are no picture any more. */
const MOST_GROUPS = 16;

interface Group {
  readonly label: string;
  readonly opensAfter: number[];
  readonly opensBy: number[];
}

/**
 * When the targets of a survey that greylist let a retry pass: a row a product, the most met first, from
 * the earliest to the latest opening. Those that were not seen to open are left out.
 */
export function drawingOfRows(rows: readonly SurveyRow[]): Drawing {
  const groups = new Map<string, Group>();
  for (const row of rows) {
    if (row.verdict !== 'greylisted' || row.opensBySeconds === null) continue;
    const name = row.implementation ?? 'product not known';
    const group = groups.get(name) ?? { label: name, opensAfter: [], opensBy: [] };
    groups.set(name, group);
    group.opensAfter.push(row.opensAfterSeconds ?? 0);
    group.opensBy.push(row.opensBySeconds);
  }
  const sorted = [...groups.values()].sort((a, b) => b.opensBy.length - a.opensBy.length);
  return drawingOfWindows(
    sorted.slice(0, MOST_GROUPS).map((group) => ({
      label: `${group.label} (${group.opensBy.length})`,
      window: windowOf(group),
    })),
  );
}

/** Opens somewhere between the first of them and the last. */
function windowOf({ opensAfter, opensBy }: Group): AgeWindow {
  const smallest = opensAfter.reduce(
    (least, one) => Math.min(least, one),
    Number.POSITIVE_INFINITY,
  );
  const largest = opensBy.reduce((most, one) => Math.max(most, one), 0);
  return {
    opens: { afterSeconds: smallest, bySeconds: largest },
    closes: { afterSeconds: null, bySeconds: null },
  };
}
