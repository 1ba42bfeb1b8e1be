import { chanceOfPattern } from './chance.js';
import type { SeenAttempt } from './observations.js';
import { looksOther, saysPostscreen } from './words.js';

/** A younger tuple deferred and an older one accepted in one session. */
export interface Contrast {
  readonly deferred: SeenAttempt;
  readonly accepted: SeenAttempt;
}

/** The contrast is between client addresses rather than between tuples of one. */
export function isOtherClient({ deferred, accepted }: Contrast): boolean {
  return deferred.attempt.tuple.client !== accepted.attempt.tuple.client;
}

/**
 * The list is keyed by client address: up to one moment every tuple of the first client was
 * deferred, from then on every one was accepted, and after it one of another client was deferred.
 * A: 4xx, 4xx, 250, 250; B: 4xx -> the first 250 of A against the 4xx of B. A: 4xx, 250, 4xx -> null.
 */
export function findClientContrast(seen: readonly SeenAttempt[]): Contrast | null {
  const client = seen[0]?.attempt.tuple.client;
  const own = seen.filter((one) => one.attempt.tuple.client === client);
  const accepted = own.find((one) => one.end.outcome === 'accepted');
  if (accepted === undefined) return null;
  const cleanCut = own.every(
    (one) => (one.end.outcome === 'accepted') === one.attempt.n >= accepted.attempt.n,
  );
  const deferred = seen.find(
    (one) =>
      one.attempt.tuple.client !== client &&
      one.attempt.n > accepted.attempt.n &&
      one.end.outcome === 'deferred' &&
      !one.otherCause &&
      (!looksOther(one) || saysPostscreen(one)),
  );
  return cleanCut && deferred !== undefined ? { deferred, accepted } : null;
}

/** Of two tuples in one session, the one that was deferred was surely younger. */
function isContrast(deferred: SeenAttempt, accepted: SeenAttempt): boolean {
  return (
    deferred.attempt.session === accepted.attempt.session && deferred.age.high < accepted.age.low
  );
}

/**
 * The first session in which an older tuple was accepted and a surely younger one deferred.
 * `4xx for a fresh one, 250 for one 300 to 301 s old -> both of them`
 */
export function findContrast(seen: readonly SeenAttempt[]): Contrast | null {
  for (const accepted of seen) {
    if (accepted.end.outcome !== 'accepted' || accepted.passedBefore) continue;
    const deferred = seen.find(
      (one) =>
        one.end.outcome === 'deferred' &&
        !one.otherCause &&
        !looksOther(one) &&
        isContrast(one, accepted),
    );
    if (deferred !== undefined) return { deferred, accepted };
  }
  return null;
}

/**
 * How well chance explains the run, by the transactions that show something. In an `openSession` the
 * control that is to come is taken to be deferred.
 * 4xx, 4xx | 250 | 4xx 250 | 4xx 250: two of the three acceptances stand beside a younger 4xx, so four
 * deferrals and two acceptances count.
 */
export function chanceFor(
  seen: readonly SeenAttempt[],
  contrast: Contrast | null,
  clientLetIn: boolean,
  openSession: number | null = null,
): number {
  if (contrast !== null && isOtherClient(contrast)) return chanceOf(onePerSession(seen));
  if (clientLetIn) return chanceOf(seen);
  return chanceOf(
    seen,
    (accepted, deferrals) =>
      accepted.attempt.session === openSession || isKeptApart(accepted, deferrals),
  );
}

/**
 * Between client addresses no session shows a contrast, so each counts once: where one of several
 * machines behind an address is out of order, all transactions of a session share their fate.
 * 4xx 4xx 4xx | 250 250 | 4xx -> 4xx | 250 | 4xx
 */
function onePerSession(seen: readonly SeenAttempt[]): readonly SeenAttempt[] {
  return [...new Map(seen.map((one) => [one.attempt.session, one])).values()];
}

/**
 * A younger tuple was kept out in the same session: a fault that clears, or a limit that fills up
 * again in a pause, lets all pass.
 */
function isKeptApart(accepted: SeenAttempt, deferrals: readonly SeenAttempt[]): boolean {
  return deferrals.some((one) => isContrast(one, accepted));
}

function chanceOf(
  seen: readonly SeenAttempt[],
  counts: (accepted: SeenAttempt, deferrals: readonly SeenAttempt[]) => boolean = () => true,
): number {
  const deferrals = seen.filter((one) => one.end.outcome === 'deferred' && !one.otherCause);
  const accepted = seen.filter((one) => one.end.outcome === 'accepted');
  return chanceOfPattern(deferrals.length, accepted.filter((one) => counts(one, deferrals)).length);
}
