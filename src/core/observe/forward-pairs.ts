/*
 * Proof without a probe. Whoever ages a tuple does it for reasons of his own, so an old tuple that gets
 * in shows nothing by itself: a fault may have cleared. But the next new tuple comes along when it
 * likes. Each try of an old tuple makes a pair with the next first contact of another one:
 *
 *   old accepted, then fresh refused    speaks for a greylist
 *   old refused, then fresh accepted    speaks against it
 *   both alike                          says nothing
 *
 * A fault that does not look at ages makes the two kinds alike often, since which old try is taken and
 * when depends on earlier answers only, and when the next stranger writes does not depend on any.
 */

/** A contact as the proof looks at it, in the order of time. */
export interface PairContact {
  readonly at: number;
  /** The machine of ours that sent it: hosts look at its address, so each has pairs of its own. */
  readonly source: number;
  readonly tuple: number;
  /** A new tuple, or one that had been refused before. */
  readonly fresh: boolean;
  readonly accepted: boolean;
  /** Lowest age of the tuple; 0 for a fresh one. */
  readonly age: number;
  /** When the tuple last passed; null: never. */
  readonly passedAt: number | null;
}

export interface Pairs {
  readonly agedPassedFreshRefused: number;
  readonly agedRefusedFreshPassed: number;
}

const LONGEST_PAIR_SECONDS = 86_400;
/** A tuple that passed is known for at least this long. */
const KNOWN_FOR_SECONDS = 43_200;

/** Counts the pairs that differ. `bySeconds`: the age from which on retries pass. */
export function forwardPairs(contacts: readonly PairContact[], bySeconds: number): Pairs {
  let agedPassedFreshRefused = 0;
  let agedRefusedFreshPassed = 0;
  const olds = new Map<number, PairContact>();
  for (const contact of contacts) {
    const old = olds.get(contact.source);
    if (!contact.fresh) {
      if (old === undefined && isOld(contact, bySeconds)) olds.set(contact.source, contact);
      continue;
    }
    if (old === undefined || old.tuple === contact.tuple) continue;
    if (contact.at - old.at <= LONGEST_PAIR_SECONDS && old.accepted !== contact.accepted) {
      if (old.accepted) agedPassedFreshRefused += 1;
      else agedRefusedFreshPassed += 1;
    }
    olds.delete(contact.source);
  }
  return { agedPassedFreshRefused, agedRefusedFreshPassed };
}

/** The try that gave the edge is at most as old as the edge, so that it proves nothing itself. */
function isOld({ at, age, passedAt }: PairContact, bySeconds: number): boolean {
  return age > bySeconds || (passedAt !== null && at - passedAt <= KNOWN_FOR_SECONDS);
}

/** How often chance alone gives at least so many pairs of the first kind: P(Bin(b + c, 1/2) >= b). */
export function chanceOfPairs({
  agedPassedFreshRefused: b,
  agedRefusedFreshPassed: c,
}: Pairs): number {
  const all = b + c;
  let term = 0.5 ** all;
  let sum = 0;
  // From the side of c: as many terms as there are pairs against.
  for (let k = 0; k <= c; k += 1) {
    sum += term;
    term = (term * (all - k)) / (k + 1);
  }
  return Math.min(1, sum);
}
