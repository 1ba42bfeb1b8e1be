/**
 * How well chance alone explains a run: a bound, over all p, on the probability with which a server
 * that defers each transaction by itself with probability p shows a pattern like this.
 *
 * The first acceptance carries no weight, since a run waits until one comes. Of the rest, one
 * pattern has the probability p^d for the deferrals times (1-p)^(a-1) for the further acceptances,
 * with its maximum at p = d / (d + a - 1). The opening could have come at any of the attempts, so
 * that as many patterns would have looked as good: the bound is their sum, 3/4 at most.
 * 2 deferred, 2 accepted: p = 2/3, so (2/3)^2 (1/3) = 4/27 for one, and 16/27 for the four.
 */
export function chanceOfPattern(deferred: number, accepted: number): number {
  const further = accepted - 1;
  if (deferred === 0 || further <= 0) return 1;
  const all = deferred + further;
  const one = (deferred / all) ** deferred * (further / all) ** further;
  return one * (deferred + accepted);
}

/** A contrast counts as proof when chance explains it less than once in five thousand runs. */
export const PROOF_CHANCE = 0.0002;
