/**
 * The highest probability with which a server that defers at random, each transaction by itself
 * with one fixed probability, would give exactly this: `deferred` deferrals and then `accepted`
 * acceptances. It is the maximum of p^d (1-p)^a, which lies at p = d / (d + a).
 */
export function chanceOfPattern(deferred: number, accepted: number): number {
  if (deferred === 0 || accepted === 0) return 1;
  const all = deferred + accepted;
  return (deferred / all) ** deferred * (accepted / all) ** accepted;
}

/** A contrast counts as proof when chance alone would show it less than once in a thousand runs. */
export const PROOF_CHANCE = 0.001;
