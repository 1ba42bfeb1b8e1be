import type { Hypothesis } from './hypothesis.js';

/** A hypothesis with its rank: the higher, the more its rule says. */
export interface Ranked extends Hypothesis {
  readonly rank: number;
}

/** How much each kind of rule says. */
export const RANK = {
  distinctiveSignature: 60,
  likelyWords: 50,
  signature: 40,
  nested: 30,
  possibleWords: 25,
  signatureByWordsOnly: 20,
  enhancedCode: 15,
  basicCode: 10,
  unknown: 5,
  openGreylisting: 1,
} as const;

/** Taken from a signature that is not known from the stage at which the reply came. */
export const STAGE_MISFIT = 5;

const MAX_HYPOTHESES = 8;

/**
 * Best first. A reading is left out where a better one has its class, and its product or any where it
 * names none itself.
 * greylisting of Postgrey 60, greylisting 25, greylisting of SQLgrey 20 -> Postgrey, SQLgrey
 */
export function ranked(hypotheses: readonly Ranked[]): Ranked[] {
  const sorted = [...hypotheses].sort(
    (a, b) => Number(isLikely(b)) - Number(isLikely(a)) || b.rank - a.rank,
  );
  const kept: Ranked[] = [];
  for (const hypothesis of sorted) {
    const repeated = kept.some(
      (other) =>
        other.class === hypothesis.class &&
        (hypothesis.implementation === null ||
          other.implementation?.id === hypothesis.implementation.id),
    );
    if (!repeated) kept.push(hypothesis);
  }
  return kept.slice(0, MAX_HYPOTHESES);
}

export function isLikely(hypothesis: Hypothesis): boolean {
  return hypothesis.confidence === 'likely';
}

/** The same reading, `possible` at most. */
export function capped(hypothesis: Ranked): Ranked {
  if (!isLikely(hypothesis)) return hypothesis;
  return { ...hypothesis, confidence: 'possible', rank: Math.min(hypothesis.rank, RANK.signature) };
}
