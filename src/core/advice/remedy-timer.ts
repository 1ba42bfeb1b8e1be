import { landingOf } from './landing.js';
import type { Landing, LandingWindow } from './landing-tally.js';
import type { QueueRun } from './sender-schema.js';

/** Minutes between two runs that cron can keep through every hour. */
const EVERY_MINUTES: readonly number[] = [30, 15, 10, 5, 2, 1];

/** A run of the queue from cron that lands whatever its phase. */
export interface TimedRun {
  readonly minutes: number;
  readonly landing: Landing;
  readonly lines: readonly string[];
}

/**
 * The most seldom run that meets the window in every phase. Tries of the sender's own come between
 * and can only land sooner; where early tries start the wait again they would do harm: then null.
 * 300..3600 s -> every 30 min, landing 300 to 2099 s after the first try.
 */
export function timedRun(
  { timer }: QueueRun,
  giveUpSeconds: number | null,
  target: LandingWindow,
  domain: string,
): TimedRun | null {
  if (timer === null || target.restartsTimer) return null;
  for (const minutes of EVERY_MINUTES) {
    const landing = landingOf(
      { kind: 'scan', scanSeconds: minutes * 60 },
      { seconds: giveUpSeconds, test: 'before-try', confidence: 'docs' },
      target,
    );
    const latest = landing.latestSeconds ?? Number.POSITIVE_INFINITY;
    if (landing.missChance !== 0 || latest > target.closesSeconds) continue;
    const cron = minutes === 1 ? '* * * * *' : `*/${minutes} * * * *`;
    const lines = timer.map((line) =>
      line.replaceAll('{cron}', cron).replaceAll('{domain}', domain),
    );
    return { minutes, landing, lines };
  }
  return null;
}
