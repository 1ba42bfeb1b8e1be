import { landingOf } from './landing.js';
import type { Sender } from './sender-schema.js';

/*
 * What a setting that holds for all mail costs the mail to everybody else.
 */

/** For how long hosts that are busy, down or unsure turn mail away: a few ordinary cases. */
const ORDINARY_SECONDS: readonly number[] = [1, 120, 900, 3_600];
/** Mail that never arrives counts as this late. */
const NEVER_SECONDS = 7 * 86_400;

/**
 * By how much longer mail to ordinary destinations waits at most, summed over a few of them.
 * First wait 1 min -> 61 min: about 60 + 59 + 46 + 1 min.
 */
export function othersPaySeconds(before: Sender, after: Sender): number {
  const pays = ORDINARY_SECONDS.map(
    (seconds) => arrivalSeconds(after, seconds) - arrivalSeconds(before, seconds),
  );
  return pays.reduce((sum, one) => sum + one, 0);
}

/** When the first retry of any mail is made at the latest; for ever late where none is. */
export function firstRetrySeconds({ schedule, giveUp }: Sender): number {
  const landing = schedule === null ? null : landingOf(schedule, giveUp, openFrom(0));
  return landing?.latestSeconds ?? Number.POSITIVE_INFINITY;
}

/** When mail arrives, at the latest, at a host that turns it away for so long. */
function arrivalSeconds({ schedule, giveUp }: Sender, busySeconds: number): number {
  if (schedule === null) return NEVER_SECONDS;
  const { latestSeconds, missChance } = landingOf(schedule, giveUp, openFrom(busySeconds));
  return missChance === 0 ? (latestSeconds ?? NEVER_SECONDS) : NEVER_SECONDS;
}

function openFrom(opensSeconds: number) {
  return { opensSeconds, closesSeconds: Number.MAX_SAFE_INTEGER, restartsTimer: false };
}
