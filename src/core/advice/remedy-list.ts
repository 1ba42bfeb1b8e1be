import type { LandingWindow } from './landing-tally.js';
import { filledIn, writtenInList } from './remedy-words.js';
import { geometricWait } from './schedule.js';
import type { Remedy, Schedule, Sender, SenderSetting } from './sender-schema.js';
import { settingNamed, withSetting } from './sender-settings.js';

/** A list of waits with one more in it. */
export interface Insertion {
  readonly sender: Sender;
  /** The step that was put in. */
  readonly seconds: number;
  readonly list: string;
  readonly quoted: string;
  readonly retries: number;
  /** Names of the settings that changed. */
  readonly settings: readonly string[];
}

/** No more steps than this are written out. */
const MOST_STEPS = 60;
/** Mail that waits longer is given up anywhere. */
export const LONGEST_WAIT_SECONDS = 604_800;

/**
 * Puts a step where the hole is: the first wait and all others stay.
 * 2m,5m,1h with an opening at 20 min: 7 min is too early, 67 min too late -> 2m,5m,13m10s,1h
 * Null where the sender's list cannot hold it.
 */
export function withStep(
  sender: Sender,
  setting: SenderSetting,
  remedy: Remedy,
  target: LandingWindow,
): Insertion | null {
  const { insert } = remedy;
  const waits = waitsUntil(sender.schedule, target.opensSeconds);
  if (insert === undefined || waits === null) return null;
  const at = waits.before.reduce((sum, wait) => sum + wait, 0);
  const origin = target.restartsTimer ? at : 0;
  const seconds = roundedUp(origin + target.opensSeconds - at);
  if (at + seconds - origin > target.closesSeconds || seconds > LONGEST_WAIT_SECONDS) return null;
  const all = [...waits.before, seconds, ...waits.after];
  if (all.length > MOST_STEPS) return null;
  const kept = setting.sets === 'list-repeat' ? withoutRepeats(all) : all;
  const texts = kept.map((wait) => writtenInList(insert.unit, wait));
  const list = texts.join(insert.separator);
  const retries = (mostRetriesOf(sender.schedule) ?? all.length - 1) + 1;
  const words = {
    list,
    quoted: texts.map((text) => `"${text}"`).join(', '),
    retries,
  };
  let changed = withSetting(sender, setting, list);
  for (const { setting: name, value } of remedy.also) {
    const text = filledIn(value, {
      ...words,
      seconds,
      scanSeconds: null,
      longestSeconds: seconds,
      domain: '',
    });
    changed = withSetting(changed, settingNamed(sender, name), text);
  }
  const names = [setting.name, ...remedy.also.map((one) => one.setting)];
  return { sender: changed, seconds, settings: names, ...words };
}

/** The last wait goes on by itself: 10m,6h,6h,6h -> 10m,6h */
function withoutRepeats(waits: readonly number[]): readonly number[] {
  const end = waits.findLastIndex((wait) => wait !== waits.at(-1));
  return waits.slice(0, end + 2);
}

/**
 * The waits whose tries come too early, and those after them; a last one that goes on for ever is
 * written out as often as tries come too early. Null for a schedule that is no list.
 */
function waitsUntil(
  schedule: Schedule | null,
  opensSeconds: number,
): { readonly before: readonly number[]; readonly after: readonly number[] } | null {
  const waits = waitsOf(schedule);
  if (waits === null) return null;
  const before: number[] = [];
  let at = 0;
  for (;;) {
    const wait = waits.fixed[before.length] ?? waits.forEver;
    if (wait === null || at + wait >= opensSeconds || before.length >= MOST_STEPS) break;
    before.push(wait);
    at += wait;
  }
  const fixedAfter = waits.fixed.slice(before.length);
  const after = waits.forEver === null ? fixedAfter : [...fixedAfter, waits.forEver];
  return { before, after };
}

/** 2m,5m,1h,1h,1h... -> fixed 2m,5m and 1h for ever */
function waitsOf(
  schedule: Schedule | null,
): { readonly fixed: readonly number[]; readonly forEver: number | null } | null {
  if (schedule?.kind === 'geometric' && schedule.retries !== null && schedule.jitter === null) {
    const { retries } = schedule;
    const fixed = Array.from({ length: retries }, (_, n) => geometricWait(schedule, n));
    return { fixed, forEver: null };
  }
  if (schedule?.kind !== 'stages' || schedule.pollSeconds !== null) return null;
  const { stages, mostRetries } = schedule;
  const fixed = stages.flatMap(({ everySeconds, times }) =>
    Array.from({ length: Math.min(times ?? mostRetries ?? 0, MOST_STEPS) }, () => everySeconds),
  );
  if (mostRetries !== null) return { fixed: fixed.slice(0, mostRetries), forEver: null };
  return {
    fixed,
    forEver: stages.find(({ times }) => times === null)?.everySeconds ?? null,
  };
}

function mostRetriesOf(schedule: Schedule | null): number | null {
  return schedule?.kind === 'stages' ? schedule.mostRetries : null;
}

/** Up to a number that people write: whole minutes above an hour. */
export function roundedUp(seconds: number, unitSeconds = 10): number {
  const step = Math.max(unitSeconds, seconds <= 3_600 ? 10 : 60);
  return Math.ceil(seconds / step) * step;
}
