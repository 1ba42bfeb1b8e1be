/**
 * How well chance alone explains a run: the highest probability, over all p, with which a server
 * that defers each transaction by itself with probability p shows this pattern.
 *
 * The first acceptance carries no weight, since a run waits until one comes. Of the rest, p^d for
 * the deferrals and (1-p)^(a-1) for the further acceptances; the maximum lies at p = d / (d + a - 1).
 */
export function chanceOfPattern(deferred: number, accepted: number): number {
  const further = accepted - 1;
  if (deferred === 0 || further <= 0) return 1;
  const all = deferred + further;
  return (deferred / all) ** deferred * (further / all) ** further;
}

/** A contrast counts as proof when chance explains it less than once in ten thousand runs. */
export const PROOF_CHANCE = 0.0001;
