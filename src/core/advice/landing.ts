import { boxLanding } from './landing-jitter.js';
import { polygonLanding } from './landing-random-factor.js';
import { type Landing, LandingTally, type LandingWindow } from './landing-tally.js';
import { type FixedSchedule, phaseCount, retries } from './schedule.js';
import type { GiveUp, Schedule } from './sender-schema.js';

/** The landing of a schedule: exact to the second, over every whole-second phase. */
export function landingOf(schedule: Schedule, giveUp: GiveUp, window: LandingWindow): Landing {
  switch (schedule.kind) {
    case 'age-brackets':
    case 'wait-ranges':
      return boxLanding(schedule, giveUp, window);
    case 'random-factor':
      return polygonLanding(schedule, giveUp, window);
    case 'geometric':
      return schedule.jitter === null
        ? phaseLanding(schedule, giveUp, window)
        : boxLanding(schedule, giveUp, window);
    default:
      return phaseLanding(schedule, giveUp, window);
  }
}

function phaseLanding(schedule: FixedSchedule, giveUp: GiveUp, window: LandingWindow): Landing {
  const phases = phaseCount(schedule);
  const tally = new LandingTally();
  let misses = 0;
  for (let phase = 0; phase < phases; phase++) {
    const end = firstLanding(retries(schedule, giveUp, phase), window);
    if (end.landed) tally.landed(end.at, end.at, end.retry);
    else {
      misses += 1;
      tally.missed(end.at);
    }
  }
  return tally.result(misses / phases);
}

interface End {
  readonly landed: boolean;
  readonly at: number;
  readonly retry: number;
}

/**
 * Follows one list of tries in sequence.
 * Tries at 540 and 840 s, window 250..310: 540 is too late and counts as a first try, 840 is 300 s after
 * it -> landed at 840 by retry 2.
 */
function firstLanding(tries: Iterable<number>, window: LandingWindow): End {
  let origin = 0;
  let retry = 0;
  let last = 0;
  for (const at of tries) {
    retry += 1;
    last = at;
    const age = at - origin;
    if (age > window.closesSeconds) origin = at;
    else if (age >= window.opensSeconds) return { landed: true, at, retry };
    else if (window.restartsTimer) origin = at;
  }
  return { landed: false, at: last, retry };
}
