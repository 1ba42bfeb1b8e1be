import { durationText, formatDuration } from '../../model/values/duration.js';
import { landingOf } from './landing.js';
import type { Landing, LandingWindow } from './landing-tally.js';
import { lastRetryOf } from './last-retry.js';
import type { LandingVerdict, RemedyAdvice } from './sender-advice-schema.js';
import type { Schedule, Sender, SenderSetting } from './sender-schema.js';
import { isWithin, withSetting } from './sender-settings.js';

const MARGIN_SECONDS = 10;
/** Queue scans to try where the present one is too seldom; more often is a load. */
const SCAN_SECONDS: readonly number[] = [600, 300, 60, 30];
/** Mail that waits longer is given up anywhere. */
const LONGEST_WAIT_SECONDS = 604_800;

/** What is filled into a setting: the wait, and how often the queue is scanned. */
interface Change {
  readonly seconds: number;
  readonly scanSeconds: number | null;
}

interface Option {
  readonly change: Change;
  readonly changed: Changed;
  readonly landing: Landing;
}

/**
 * The least change of the sender's main setting with which a retry lands in every phase, with a
 * margin on both edges: the first retry itself before later ones, the present queue scan before
 * more frequent ones. Where the default lands already: the change with which the first retry does,
 * if that is sooner.
 * Null where the sender cannot be set, or no value found does.
 */
export function remedyFor(
  sender: Sender,
  judged: { readonly verdict: LandingVerdict; readonly surelyBySeconds: number | null },
  window: LandingWindow,
  domain: string,
): RemedyAdvice | null {
  const { remedy } = sender;
  const setting = sender.settings.find(({ name }) => name === remedy?.setting);
  if (remedy === null || setting === undefined) return null;
  const target: LandingWindow = {
    ...window,
    opensSeconds: window.opensSeconds + MARGIN_SECONDS,
    closesSeconds: window.closesSeconds - MARGIN_SECONDS,
  };
  const needed = judged.verdict !== 'lands';
  // Sooner than by default is only a first retry just inside the opening.
  const retries = needed ? retriesToTry(sender.schedule) : [1];
  const waits = waitsToTry(target, stepOf(setting), retries, longestWait(sender.schedule));
  const chosen = leastChange(
    sender,
    setting,
    target,
    waits,
    (landing) => needed || isSooner(landing, judged),
  );
  if (chosen === null) return null;
  const { change, changed, landing } = chosen;
  const list = remedy.list ?? '';
  return {
    setting: setting.name,
    value: listOf(sender, change) ?? written(setting, change.seconds),
    needed,
    paste: remedy.paste
      .filter((line) => typeof line === 'string' || changed.settings.includes(line.ifChanged))
      .map((line) => (typeof line === 'string' ? line : line.line).replace('{list}', list))
      .map((line) => filledIn(line, sender, change, domain)),
    price: [
      filledIn(remedy.price, sender, change, domain),
      ...giveUpPrice(sender, changed.sender),
    ].join(' '),
    landsSeconds:
      landing.earliestSeconds === null || landing.latestSeconds === null
        ? null
        : [landing.earliestSeconds, landing.latestSeconds],
  };
}

/** The first that lands for sure; rather one that needs no second round after the window closed. */
function leastChange(
  sender: Sender,
  setting: SenderSetting,
  target: LandingWindow,
  waits: readonly number[],
  isWanted: (landing: Landing) => boolean,
): Option | null {
  let second: Option | null = null;
  for (const seconds of waits.filter((wait) => isWithin(setting, wait))) {
    for (const scanSeconds of scansToTry(sender.schedule, seconds)) {
      const change = { seconds, scanSeconds };
      const changed = withChange(sender, setting, change);
      const { giveUp } = changed.sender;
      const schedule = scannedEvery(changed.sender.schedule, scanSeconds);
      if (schedule === null) continue;
      const landing = landingOf(schedule, giveUp, target);
      if (landing.missChance !== 0 || !isWanted(landing)) continue;
      const option = { change, changed, landing };
      if ((landing.latestSeconds ?? 0) <= target.closesSeconds) return option;
      second ??= option;
    }
  }
  return second;
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

/** The first retry lands, and mail comes sooner than it surely does by default. */
function isSooner(
  landing: Landing,
  { surelyBySeconds }: { surelyBySeconds: number | null },
): boolean {
  const latest = landing.latestSeconds ?? Number.POSITIVE_INFINITY;
  return landing.retry?.[1] === 1 && latest < (surelyBySeconds ?? Number.POSITIVE_INFINITY);
}

/** Waits with which the retry of one of these numbers comes just inside the opening. */
function waitsToTry(
  { opensSeconds, closesSeconds }: LandingWindow,
  unitSeconds: number,
  retries: readonly number[],
  longest: number,
): number[] {
  const waits = retries.map((retry) =>
    roundedUp(Math.max(MARGIN_SECONDS, opensSeconds / retry), unitSeconds),
  );
  const most = Math.min(closesSeconds, longest);
  return [...new Set(waits)].filter((seconds) => seconds <= most);
}

function roundedUp(seconds: number, unitSeconds: number): number {
  const step = Math.max(unitSeconds, seconds <= 3_600 ? 10 : 60);
  return Math.ceil(seconds / step) * step;
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

interface Changed {
  readonly sender: Sender;
  /** Names of the settings that are no longer what they were. */
  readonly settings: readonly string[];
}

/** The sender with what the lines to paste set. */
function withChange(sender: Sender, setting: SenderSetting, change: Change): Changed {
  const main = withSetting(
    sender,
    setting,
    listOf(sender, change) ?? written(setting, change.seconds),
  );
  let changed: Changed = { sender: main, settings: [setting.name] };
  for (const { setting: name, value } of sender.remedy?.also ?? []) {
    const other = sender.settings.find((one) => one.name === name);
    if (other === undefined) throw new RangeError(`${sender.id} has no setting ${name}`);
    const next = withSetting(changed.sender, other, filledIn(value, sender, change, ''));
    const same = JSON.stringify(next.schedule) === JSON.stringify(changed.sender.schedule);
    changed = { sender: next, settings: same ? changed.settings : [...changed.settings, name] };
  }
  return changed;
}

/** What the change does to how long the sender keeps trying, if it shortens that. */
function giveUpPrice(before: Sender, after: Sender): string[] {
  const [was, is] = [lastRetryOf(before), lastRetryOf(after)];
  if (was === null || is === null || is >= was) return [];
  return [`Mail then goes back after ${formatDuration(is)} instead of ${formatDuration(was)}.`];
}

function written(setting: SenderSetting, seconds: number): string {
  if (setting.unit === 'timespan') return timespan(seconds);
  if (setting.unit === 'min') return String(Math.ceil(seconds / 60));
  if (setting.unit === 'Go duration') return goDuration(seconds);
  return setting.unit === 's' ? String(seconds) : durationText(seconds);
}

function listOf(sender: Sender, change: Change): string | null {
  const list = sender.remedy?.list ?? null;
  return list === null ? null : filledIn(list, sender, change, '');
}

function filledIn(line: string, sender: Sender, change: Change, domain: string): string {
  const { seconds } = change;
  const scan = change.scanSeconds ?? seconds;
  const values: Readonly<Record<string, string>> = {
    seconds: String(seconds),
    minutes: String(Math.ceil(seconds / 60)),
    milliseconds: String(seconds * 1000),
    timespan: timespan(seconds),
    duration: durationText(seconds),
    goDuration: goDuration(seconds),
    scan: String(scan),
    scanDuration: durationText(scan),
    longest: String(longestBackoff(sender.schedule, seconds)),
    domain,
  };
  return line.replace(/\{(?<name>[a-zA-Z]+)\}/gu, (all, name: string) => values[name] ?? all);
}

/** The longest wait must not be shorter than the shortest one. */
function longestBackoff(schedule: Schedule | null, seconds: number): number {
  return schedule?.kind === 'age-scan' ? Math.max(seconds, schedule.maxWaitSeconds) : seconds;
}

/** Go's durations know no days. */
function goDuration(seconds: number): string {
  const hours = Math.floor(seconds / 3_600);
  const rest = seconds % 3_600;
  return `${hours > 0 ? `${hours}h` : ''}${rest > 0 || hours === 0 ? durationText(rest) : ''}`;
}

function timespan(seconds: number): string {
  const days = Math.floor(seconds / 86_400);
  const clock = [seconds / 3_600, seconds / 60, seconds]
    .map((value, i) => Math.floor(value) % (i === 0 ? 24 : 60))
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
  return days > 0 ? `${days}.${clock}` : clock;
}
