import type { LandingWindow } from './landing-tally.js';
import type { QueueRun } from './sender-schema.js';

/** Minutes between two runs that cron can keep through every hour. */
const EVERY_MINUTES: readonly number[] = [30, 15, 10, 5, 2, 1];

/** A run of the queue from cron that lands whatever its phase. */
export interface TimedRun {
  readonly minutes: number;
  readonly landsSeconds: [number, number];
  readonly lines: readonly string[];
}

/**
 * The most seldom run that meets the window in every phase, before the sender gives up. Tries of the
 * sender's own come between and can only land sooner; where early tries start the wait again they
 * would do harm: then null.
 * 300..3600 s -> every 30 min, landing 300 to 2099 s after the first try.
 */
export function timedRun(
  { timer }: QueueRun,
  giveUpSeconds: number | null,
  { opensSeconds, closesSeconds, restartsTimer }: LandingWindow,
  domain: string,
): TimedRun | null {
  if (timer === null || restartsTimer) return null;
  const first = Math.ceil(opensSeconds);
  const last = Math.min(closesSeconds, giveUpSeconds ?? Number.POSITIVE_INFINITY);
  const minutes = EVERY_MINUTES.find((every) => first + every * 60 - 1 <= last);
  if (minutes === undefined) return null;
  const cron = minutes === 1 ? '* * * * *' : `*/${minutes} * * * *`;
  return {
    minutes,
    landsSeconds: [first, first + minutes * 60 - 1],
    lines: timer.map((line) => line.replaceAll('{cron}', cron).replaceAll('{domain}', domain)),
  };
}
