import { landingOf } from './landing.js';
import type { Schedule, Sender } from './sender-schema.js';

/**
 * When the last retry of a schedule that ends by itself is made; null for others.
 * Waits of 5, 100 and 500 s and no more -> 605.
 */
export function lastRetryOf({ schedule, giveUp }: Sender): number | null {
  if (schedule === null || !endsByItself(schedule)) return null;
  const never = {
    opensSeconds: Number.POSITIVE_INFINITY,
    closesSeconds: Number.POSITIVE_INFINITY,
    restartsTimer: false,
  };
  return landingOf(schedule, giveUp, never).lastTrySeconds;
}

function endsByItself(schedule: Schedule): boolean {
  if (schedule.kind === 'geometric') return schedule.retries !== null;
  if (schedule.kind === 'wait-ranges') return schedule.stages.every(({ times }) => times !== null);
  if (schedule.kind !== 'stages') return false;
  return schedule.mostRetries !== null || schedule.stages.every(({ times }) => times !== null);
}
