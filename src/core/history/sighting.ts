import type { Edge } from '../../model/time.js';
import type { Verdict } from '../evidence/verdict-schema.js';

/** What one run has shown of a mail host, as far as another can be held against it. */
export interface Sighting {
  readonly verdict: Pick<Verdict, 'kind' | 'confidence' | 'class'>;
  /** Null where the host does not greylist. */
  readonly window: Bounds | null;
}

export interface Bounds {
  readonly opens: Edge;
  readonly closes: Edge;
}

/**
 * `same`: a host that never changed may have shown both. `different`: none can have. `unclear`: it was let in
 * at once where it is greylisted otherwise, as greylisters do with those whom they know.
 */
export type Comparison = 'same' | 'different' | 'unclear';

export function compareSightings(one: Sighting, other: Sighting): Comparison {
  const [a, b] = [one.verdict, other.verdict];
  if (a.kind !== b.kind) {
    const isLetIn = [a, b].some((it) => it.kind === 'accepted' && it.confidence !== 'confirmed');
    const isListed = [a, b].some(({ kind }) => kind === 'greylisted');
    return isLetIn && isListed ? 'unclear' : 'different';
  }
  if (a.class !== b.class) return 'different';
  if (one.window === null || other.window === null) return 'same';
  const moved =
    areApart(one.window.opens, other.window.opens) ||
    areApart(one.window.closes, other.window.closes);
  return moved ? 'different' : 'same';
}

/** No age lies in both brackets: of `290 to 301 s` and `301 to 310 s` none does, since edges lie behind the first. */
function areApart(one: Edge, other: Edge): boolean {
  return endsBefore(one, other) || endsBefore(other, one);
}

function endsBefore({ bySeconds }: Edge, { afterSeconds }: Edge): boolean {
  return bySeconds !== null && afterSeconds !== null && bySeconds <= afterSeconds;
}
