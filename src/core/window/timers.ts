import type { SecondsInterval } from '../../model/time.js';
import { type AgedObservation, CLOCK_GRANULARITY_SECONDS } from './aged-observation.js';

/**
 * How a greylister can count: from a tuple's first attempt; from its last, so that each early try
 * starts the wait again; from the first, with something added for each early try; or it lets a tuple
 * pass only after one late try that it still refuses.
 */
export const TIMERS = ['from-first', 'from-last', 'penalty', 'second-late-try'] as const;
export type Timer = (typeof TIMERS)[number];

/** Servers that want a late try look once a minute whether there was one (OpenBSD spamd). */
const LATE_TRY_SCAN_SECONDS = 60;

/** Whether a way of counting can explain all that was seen; a list can count in no other way known. */
export const READINGS: Readonly<Record<Timer, (seen: readonly AgedObservation[]) => boolean>> = {
  'from-first': (seen) => isOrdered(seen, (one) => one.age),
  'from-last': (seen) => isOrdered(seen, (one) => one.gap),
  // A refusal after an early try may be due to what was added.
  penalty: (seen) =>
    isOrdered(seen, (one) => (one.accepted || one.previousAge === null ? one.age : null)),
  // What a try says is about the age at the try before it. A scan has to run in between.
  'second-late-try': (seen) =>
    !seen.some((one) => one.accepted && one.previousAge === null) &&
    isOrdered(seen, (one) =>
      !one.accepted && one.gap.low <= LATE_TRY_SCAN_SECONDS ? null : one.previousAge,
    ),
};

/** No tuple was refused at an age, as the list counts it, that is above one that was let in. */
function isOrdered(
  seen: readonly AgedObservation[],
  counted: (one: AgedObservation) => SecondsInterval | null,
): boolean {
  const ages = (accepted: boolean) =>
    seen.flatMap((one) => (one.accepted === accepted ? (counted(one) ?? []) : []));
  const opensBy = Math.min(...ages(true).map((age) => age.high));
  return ages(false).every((age) => age.low <= opensBy + CLOCK_GRANULARITY_SECONDS);
}

/**
 * The age up to which a list that counts so was closed, by its refusals; null where none shows it. It
 * is taken to have kept its memory: where tuples that were left alone pass, `inferWindow` needs no such
 * belief.
 */
export function lowerEdgeUnder(timer: Timer, refused: readonly AgedObservation[]): number | null {
  switch (timer) {
    case 'from-first':
      return highest(refused.map((one) => one.age.low));
    case 'from-last':
      return highest(refused.map((one) => one.gap.low));
    case 'penalty':
      // A refusal after an early try may be due to what was added.
      return highest(refused.flatMap((one) => (one.previousAge === null ? [one.age.low] : [])));
    case 'second-late-try':
      return highest(
        refused.flatMap((one) =>
          one.gap.low <= LATE_TRY_SCAN_SECONDS ? [] : (one.previousAge?.low ?? []),
        ),
      );
  }
}

function highest(values: readonly number[]): number | null {
  return values.length === 0 ? null : Math.max(...values);
}
