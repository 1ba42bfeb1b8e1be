import type { Edge } from '../../model/time.js';
import { type Bounds, compareSightings, type Sighting } from './sighting.js';

/** Runs, oldest first, none of which shows that the host had changed; what all of them together show of it. */
export interface Period<T extends Sighting> extends Sighting {
  readonly runs: readonly T[];
}

/**
 * What was seen, oldest first, as periods between changes. Brackets narrow each other: opens at 290 to 310 s,
 * then at 280 to 301 s, is one period with 290 to 301 s; at 890 to 902 s the next begins.
 */
export function periodsOf<T extends Sighting>(sightings: readonly T[]): readonly Period<T>[] {
  const periods: Period<T>[] = [];
  for (const sighting of sightings) {
    const last = periods.at(-1);
    const { verdict, window } = sighting;
    if (last !== undefined && compareSightings(last, sighting) === 'same') {
      const runs = [...last.runs, sighting];
      periods[periods.length - 1] = { verdict, window: bothBounds(last.window, window), runs };
    } else periods.push({ verdict, window, runs: [sighting] });
  }
  return periods;
}

function bothBounds(one: Bounds | null, other: Bounds | null): Bounds | null {
  if (one === null || other === null) return one ?? other;
  return { opens: bothEdges(one.opens, other.opens), closes: bothEdges(one.closes, other.closes) };
}

function bothEdges(one: Edge, other: Edge): Edge {
  return {
    afterSeconds: outermost(Math.max, one.afterSeconds, other.afterSeconds),
    bySeconds: outermost(Math.min, one.bySeconds, other.bySeconds),
  };
}

function outermost(
  choose: (...values: number[]) => number,
  ...bounds: readonly (number | null)[]
): number | null {
  const known = bounds.filter((bound) => bound !== null);
  return known.length === 0 ? null : choose(...known);
}
