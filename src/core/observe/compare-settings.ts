import { type FixedSchedule, isFixed, phaseCount, retries } from '../advice/schedule.js';
import type { Sender } from '../advice/sender-schema.js';
import type { GreylistFinding } from './greylist-finding.js';

/** Phases of a queue scan that are tried; their waits are averaged. */
const PHASES = 60;
/** Longer windows than this are no greylists. */
const LONGEST_SECONDS = 5 * 86_400;
/** What is logged and what is reckoned may differ by this much: mail comes in bunches. */
const TOLERANCE = 0.1;
/** Chance takes it off by more than so many standard deviations in one log of hundreds. */
const SPREADS = 3;

/** What mail to all hosts waits and costs under one setting, with each window at its lower and upper end. */
export interface Replay {
  readonly waitedSeconds: readonly [number, number];
  readonly retries: readonly [number, number];
  /** How far chance, the phase of the queue, takes the waiting off: standard deviations. */
  readonly spreadSeconds: readonly [number, number];
}

/** The mail of one host: how much of it waited, and between which ages its window opens. */
export interface Waiting {
  readonly messages: number;
  readonly opens: readonly [number, number];
}

/** The hosts whose windows are known from both sides, or from above. */
export function waitingOf(hosts: readonly GreylistFinding[]): readonly Waiting[] {
  return hosts.flatMap(({ opens, keptBack: { messages } }) =>
    opens.bySeconds === null || messages === 0
      ? []
      : [{ messages, opens: [(opens.afterSeconds ?? 0) + 1, opens.bySeconds] as const }],
  );
}

/** What the log has of the same mail. */
export function loggedWaiting(hosts: readonly GreylistFinding[]): number {
  return hosts
    .filter(({ opens }) => opens.bySeconds !== null)
    .reduce((sum, { keptBack }) => sum + keptBack.waitedSeconds, 0);
}

/** Replays a sender against all hosts. Null for schedules with chance in them. */
export function replay(sender: Sender, hosts: readonly Waiting[]): Replay | null {
  const { schedule, giveUp } = sender;
  if (schedule === null || !isFixed(schedule)) {
    return null;
  }
  const tries = triesOf(schedule, giveUp);
  const ends = [0, 1].map((end) => {
    let waited = 0;
    let made = 0;
    let variance = 0;
    for (const { messages, opens } of hosts) {
      const landing = meanLanding(tries, opens[end] ?? 0);
      waited += messages * landing.at;
      made += messages * landing.retries;
      variance += messages * landing.variance;
    }
    return { waited, made, spread: Math.sqrt(variance) };
  });
  const [low = { waited: 0, made: 0, spread: 0 }, high = low] = ends;
  return {
    waitedSeconds: [low.waited, high.waited],
    retries: [low.made, high.made],
    spreadSeconds: [low.spread, high.spread],
  };
}

/**
 * The waiting that a log has lies within what the present setting gives: one mail that waited 310 s fits a
 * sender that tries again after 5 to 10 min, 7 min 30 s in the mean.
 */
export function fitsLog(
  { waitedSeconds: [low, high], spreadSeconds: [below, above] }: Replay,
  loggedSeconds: number,
): boolean {
  return (
    loggedSeconds >= low * (1 - TOLERANCE) - SPREADS * below &&
    loggedSeconds <= high * (1 + TOLERANCE) + SPREADS * above
  );
}

/** Better whatever the windows are within their bounds. */
export function isBetter(one: Replay, other: Replay): boolean {
  return one.waitedSeconds[1] < other.waitedSeconds[0];
}

function triesOf(
  schedule: FixedSchedule,
  giveUp: Sender['giveUp'],
): readonly (readonly number[])[] {
  const all = phaseCount(schedule);
  const step = Math.max(1, Math.floor(all / PHASES));
  const phases: number[][] = [];
  for (let phase = 0; phase < all; phase += step) {
    const tries: number[] = [];
    for (const at of retries(schedule, giveUp, phase)) {
      tries.push(at);
      if (at > LONGEST_SECONDS) break;
    }
    phases.push(tries);
  }
  return phases;
}

function meanLanding(
  phases: readonly (readonly number[])[],
  opens: number,
): { readonly at: number; readonly variance: number; readonly retries: number } {
  let at = 0;
  let squares = 0;
  let made = 0;
  for (const tries of phases) {
    const index = tries.findIndex((one) => one >= opens);
    const landing = index < 0 ? (tries.at(-1) ?? 0) : (tries[index] ?? 0);
    at += landing;
    squares += landing ** 2;
    made += index < 0 ? tries.length : index + 1;
  }
  const mean = at / phases.length;
  const variance = Math.max(0, squares / phases.length - mean ** 2);
  return { at: mean, variance, retries: made / phases.length };
}
