import { durationText } from '../values/duration.js';
import { landingOf } from './landing.js';
import type { Landing, LandingWindow } from './landing-tally.js';
import type { LandingVerdict, RemedyAdvice } from './sender-advice-schema.js';
import type { Sender, SenderSetting } from './sender-schema.js';
import { withSetting } from './sender-settings.js';

const MARGIN_SECONDS = 10;
const LOWEST_SCAN_SECONDS = 30;
/** Mail that waits longer is given up anywhere. */
const LONGEST_WAIT_SECONDS = 604_800;

/**
 * The least change of the sender's main setting with which a retry lands in every phase, with a
 * margin on both edges. Where the default lands already: the change with which the first one does,
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
  const options = waitsToTry(target, needed, stepOf(setting)).flatMap((seconds) => {
    const landing = landingWith(sender, setting, seconds, target);
    const good = landing?.missChance === 0 && (needed || isSooner(landing, judged));
    return landing !== null && good ? [{ seconds, landing }] : [];
  });
  // Rather one that needs no second round after the window has closed.
  const chosen =
    options.find(({ landing }) => (landing.latestSeconds ?? 0) <= target.closesSeconds) ??
    options[0];
  if (chosen === undefined) return null;
  const { seconds, landing } = chosen;
  return {
    setting: setting.name,
    value: listOf(sender, seconds) ?? written(setting, seconds),
    needed,
    paste: remedy.paste.map((line) =>
      filledIn(line.replace('{list}', remedy.list ?? ''), seconds, domain),
    ),
    price: remedy.price,
    landsSeconds:
      landing.earliestSeconds === null || landing.latestSeconds === null
        ? null
        : [landing.earliestSeconds, landing.latestSeconds],
  };
}

/** What a value of this setting is a multiple of: whole minutes where people write minutes. */
function stepOf({ unit }: SenderSetting): number {
  return ['min', 'time', 'rule'].includes(unit) ? 60 : 10;
}

/** The first retry lands, and mail comes sooner than it surely does by default. */
function isSooner(
  landing: Landing,
  { surelyBySeconds }: { surelyBySeconds: number | null },
): boolean {
  const latest = landing.latestSeconds ?? Number.POSITIVE_INFINITY;
  return landing.retry?.[1] === 1 && latest < (surelyBySeconds ?? Number.POSITIVE_INFINITY);
}

/** Waits with which the first, second, third, ... retry comes just inside the opening. */
function waitsToTry(
  { opensSeconds, closesSeconds }: LandingWindow,
  needed: boolean,
  unitSeconds: number,
): number[] {
  const parts = needed ? [1, 2, 3, 4, 6, 8, 12] : [1];
  return parts
    .map((part) => roundedUp(Math.max(MARGIN_SECONDS, opensSeconds / part), unitSeconds))
    .filter((seconds) => seconds <= Math.min(closesSeconds, LONGEST_WAIT_SECONDS));
}

function roundedUp(seconds: number, unitSeconds: number): number {
  const step = Math.max(unitSeconds, seconds <= 3_600 ? 10 : 60);
  return Math.ceil(seconds / step) * step;
}

function landingWith(
  sender: Sender,
  setting: SenderSetting,
  seconds: number,
  window: LandingWindow,
): Landing | null {
  const { schedule, giveUp } = changed(sender, setting, seconds);
  return schedule === null ? null : landingOf(schedule, giveUp, window);
}

/** The sender with what the lines to paste set. */
function changed(sender: Sender, setting: SenderSetting, seconds: number): Sender {
  const { schedule } = sender;
  if (schedule?.kind === 'age-scan') {
    return {
      ...sender,
      schedule: {
        ...schedule,
        minWaitSeconds: seconds,
        maxWaitSeconds: Math.max(seconds, schedule.maxWaitSeconds),
        scanSeconds: scanFor(seconds),
      },
    };
  }
  if (schedule?.kind === 'retry-rules') {
    const [first, ...rest] = schedule.rules;
    if (first === undefined) return sender;
    const scanSeconds = schedule.scanSeconds === null ? null : seconds;
    const rules = [{ ...first, waitSeconds: seconds }, ...rest];
    return { ...sender, schedule: { ...schedule, rules, scanSeconds } };
  }
  return withSetting(sender, setting, listOf(sender, seconds) ?? `${seconds}s`);
}

/** A queue scan often enough for the wait, but not all the time. */
function scanFor(seconds: number): number {
  return Math.max(LOWEST_SCAN_SECONDS, Math.min(300, seconds));
}

function written(setting: SenderSetting, seconds: number): string {
  if (setting.unit === 'timespan') return timespan(seconds);
  if (setting.unit === 'min') return String(Math.ceil(seconds / 60));
  return setting.unit === 's' ? String(seconds) : durationText(seconds);
}

function listOf({ remedy }: Sender, seconds: number): string | null {
  return remedy?.list ? filledIn(remedy.list, seconds, '') : null;
}

function filledIn(line: string, seconds: number, domain: string): string {
  const values: Readonly<Record<string, string>> = {
    seconds: String(seconds),
    minutes: String(Math.ceil(seconds / 60)),
    milliseconds: String(seconds * 1000),
    timespan: timespan(seconds),
    duration: durationText(seconds),
    scan: String(scanFor(seconds)),
    domain,
  };
  return line.replace(/\{(?<name>[a-z]+)\}/gu, (all, name: string) => values[name] ?? all);
}

function timespan(seconds: number): string {
  const days = Math.floor(seconds / 86_400);
  const clock = [seconds / 3_600, seconds / 60, seconds]
    .map((value, i) => Math.floor(value) % (i === 0 ? 24 : 60))
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
  return days > 0 ? `${days}.${clock}` : clock;
}
