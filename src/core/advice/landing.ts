import { boxLanding } from './landing-jitter.js';
import { polygonLanding } from './landing-random-factor.js';
import { type Landing, LandingTally, type LandingWindow } from './landing-tally.js';
import type { Leeway } from './leeway.js';
import { type FixedSchedule, overPhases, phaseCount, retries } from './schedule.js';
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
  const tally = new LandingTally();
  let misses = 0;
  const ends = overPhases(schedule, (phase, leeway) =>
    firstLanding(retries(schedule, giveUp, phase, leeway), window, leeway),
  );
  for (const { end, more } of ends) {
    const { at, retry } = end;
    if (end.landed) tally.landed(at, at + more, retry);
    else {
      misses += 1 + more;
      tally.missed(retry === 0 ? 0 : at + more);
    }
  }
  return tally.result(misses / phaseCount(schedule));
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
function firstLanding(tries: Iterable<number>, window: LandingWindow, leeway: Leeway): End {
  const { opensSeconds, closesSeconds, restartsTimer } = window;
  // Counted from a retry an age is the same in every phase.
  let origin = { at: 0, slope: 1 };
  let retry = 0;
  let last = 0;
  for (const at of tries) {
    retry += 1;
    last = at;
    const age = at - origin.at;
    if (age > closesSeconds) origin = { at, slope: 0 };
    else if (age >= opensSeconds) {
      leeway.atMost(age, origin.slope, closesSeconds);
      return { landed: true, at, retry };
    } else {
      leeway.below(age, origin.slope, opensSeconds);
      if (restartsTimer) origin = { at, slope: 0 };
    }
  }
  return { landed: false, at: last, retry };
}
