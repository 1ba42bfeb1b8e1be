import { landingOf } from './landing.js';
import type { LandingWindow } from './landing-tally.js';
import { LONGEST_WAIT_SECONDS, roundedUp } from './remedy-list.js';
import { type Filling, filledIn, written } from './remedy-words.js';
import type { Remedy, Schedule, Sender, SenderSetting } from './sender-schema.js';
import { isWithin, settingNamed, withSetting } from './sender-settings.js';

/** The least wait that is advised. */
const LEAST_SECONDS = 10;
/** Queue scans to try where the present one is too seldom; more often is a load. */
const SCAN_SECONDS: readonly number[] = [600, 300, 60, 30];

/** A value of the sender's main setting with which a retry lands for sure. */
export interface SettingOption {
  readonly sender: Sender;
  /** Earliest and latest landing. */
  readonly landsSeconds: [number, number];
  readonly filling: Filling;
  readonly value: string;
  /** Names of the settings that are no longer what they were. */
  readonly settings: readonly string[];
}

/**
 * All values, of those worth a try, with which a retry lands in every phase: the first retry just
 * inside the opening, or a later one; by the present queue scan, or by a more frequent one.
 */
export function settingOptions(
  sender: Sender,
  setting: SenderSetting,
  remedy: Remedy,
  target: LandingWindow,
  domain: string,
): SettingOption[] {
  const longest = longestWait(sender.schedule);
  return waitsToTry(sender, target, stepOf(setting), longest)
    .filter((wait) => isWithin(setting, wait))
    .flatMap((seconds) =>
      scansToTry(sender.schedule, seconds).flatMap((scanSeconds): SettingOption[] => {
        const filling = {
          seconds,
          scanSeconds,
          longestSeconds: longestBackoff(sender.schedule, seconds),
          domain,
        };
        const option = withChange(sender, setting, remedy, filling);
        const schedule = scannedEvery(option.sender.schedule, scanSeconds);
        if (schedule === null) return [];
        const landing = landingOf(schedule, option.sender.giveUp, target);
        const { earliestSeconds, latestSeconds, missChance } = landing;
        if (missChance !== 0 || earliestSeconds === null || latestSeconds === null) return [];
        return [{ ...option, landsSeconds: [earliestSeconds, latestSeconds], filling }];
      }),
    );
}

/** The sender with what the lines to paste set. */
function withChange(
  sender: Sender,
  setting: SenderSetting,
  remedy: Remedy,
  filling: Filling,
): Omit<SettingOption, 'landsSeconds' | 'filling'> {
  const value =
    remedy.list === null ? written(setting, filling.seconds) : filledIn(remedy.list, filling);
  let changed = withSetting(sender, setting, value);
  const settings = [setting.name];
  for (const { setting: name, value: also } of remedy.also) {
    const next = withSetting(changed, settingNamed(sender, name), filledIn(also, filling));
    const same = JSON.stringify(next.schedule) === JSON.stringify(changed.schedule);
    if (!same) settings.push(name);
    changed = next;
  }
  return { sender: changed, value, settings };
}

/** What a value of this setting is a multiple of: whole minutes where people write minutes. */
function stepOf({ unit }: SenderSetting): number {
  return ['min', 'time'].includes(unit) ? 60 : 10;
}

/** Exim cuts its waits. */
function longestWait(schedule: Schedule | null): number {
  const own = schedule?.kind === 'retry-rules' ? schedule.maxWaitSeconds : null;
  return own ?? LONGEST_WAIT_SECONDS;
}

/**
 * Which retries may be the one that lands. Where each try's own length counts and is not known, only
 * the first: later ones drift.
 */
function retriesToTry(schedule: Schedule | null): readonly number[] {
  const drifts = schedule?.kind === 'retry-rules' && schedule.scanSeconds === null;
  return drifts ? [1] : [1, 2, 3, 4, 6, 8, 12];
}

/**
 * Waits with which the retry of one of these numbers comes just inside the opening; with a jitter,
 * also so far inside that the earliest does.
 * 190 s, a jitter of a fortieth: 190 lands at 185 to 195, 200 at 195 to 205.
 */
function waitsToTry(
  { schedule }: Sender,
  { opensSeconds, closesSeconds }: LandingWindow,
  unitSeconds: number,
  longest: number,
): number[] {
  const shares = schedule?.kind === 'geometric' && schedule.jitter !== null ? [1, 1.03, 1.06] : [1];
  const waits = retriesToTry(schedule).flatMap((retry) =>
    shares.map((share) =>
      roundedUp(Math.max(LEAST_SECONDS, (share * opensSeconds) / retry), unitSeconds),
    ),
  );
  const most = Math.min(closesSeconds, longest);
  return [...new Set(waits)].filter((seconds) => seconds <= most);
}

/**
 * The present queue scan first. Postfix wants it no longer than its shortest wait. Where the schedule
 * goes without one, it still takes one, and the price says how often.
 */
function scansToTry(schedule: Schedule | null, seconds: number): readonly (number | null)[] {
  if (schedule?.kind !== 'age-scan' && schedule?.kind !== 'retry-rules') return [null];
  const present = schedule.scanSeconds;
  if (present === null) return SCAN_SECONDS.filter((scan) => scan <= seconds);
  const most = schedule.kind === 'age-scan' ? Math.min(present, seconds) : present;
  return [most, ...SCAN_SECONDS.filter((scan) => scan < most)];
}

/** Retry rules without a scan of their own, with one. */
function scannedEvery(schedule: Schedule | null, scanSeconds: number | null): Schedule | null {
  const own = schedule?.kind !== 'retry-rules' || schedule.scanSeconds !== null;
  return own ? schedule : { ...schedule, scanSeconds };
}

/** The longest wait must not be shorter than the shortest one. */
function longestBackoff(schedule: Schedule | null, seconds: number): number {
  return schedule?.kind === 'age-scan' ? Math.max(seconds, schedule.maxWaitSeconds) : seconds;
}
