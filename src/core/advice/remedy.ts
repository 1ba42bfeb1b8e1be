import { formatDuration } from '../../model/values/duration.js';
import { landingOf } from './landing.js';
import type { LandingWindow } from './landing-tally.js';
import { lastRetryOf } from './last-retry.js';
import { firstRetrySeconds, othersPaySeconds } from './remedy-cost.js';
import { withStep } from './remedy-list.js';
import { type SettingOption, settingOptions } from './remedy-setting.js';
import { timedRun } from './remedy-timer.js';
import { type Filling, filledIn } from './remedy-words.js';
import type { LandingVerdict, RemedyAdvice } from './sender-advice-schema.js';
import type { QueueRun, Remedy, Sender, SenderSetting } from './sender-schema.js';

const MARGIN_SECONDS = 10;

/** What a sender makes of the window as it is set. */
interface AsSet {
  readonly verdict: LandingVerdict;
  readonly surelyBySeconds: number | null;
}

interface Case {
  readonly sender: Sender;
  readonly asSet: AsSet;
  /** The window less a margin on both edges. */
  readonly target: LandingWindow;
  readonly domain: string;
}

/**
 * The change with which a retry lands in every phase, with a margin on both edges, that costs other
 * mail least: what holds for the one destination first, then a step put into a list, then the
 * setting of all mail. Null: nothing has to be set, nothing can be, or nothing found lands.
 *
 * Where the sender lands as it is, a setting of all mail is advised only if other mail loses nothing
 * by it. nullmailer, 1 h to 4 h: lands after 63 min; 61 min for all mail would gain 2 min -> null.
 */
export function remedyFor(
  sender: Sender,
  asSet: AsSet,
  window: LandingWindow,
  domain: string,
): RemedyAdvice | null {
  const target: LandingWindow = {
    ...window,
    opensSeconds: window.opensSeconds + MARGIN_SECONDS,
    closesSeconds: window.closesSeconds - MARGIN_SECONDS,
  };
  const here = { sender, asSet, target, domain };
  const { remedy, queueRun } = sender;
  const setting = sender.settings.find(({ name }) => name === remedy?.setting);
  if (asSet.verdict === 'lands') {
    return remedy === null || setting === undefined ? null : sooner(here, remedy, setting);
  }
  const byTimer = queueRun === null ? null : runOf(here, queueRun);
  if (byTimer?.scope === 'destination') return byTimer;
  const bySetting =
    remedy === null || setting === undefined
      ? null
      : (stepIn(here, remedy, setting) ?? cheapest(here, remedy, setting));
  return bySetting ?? byTimer;
}

/** A gain of less than this share of the wait is not worth a change. */
const WORTH_A_CHANGE = 0.25;

/** Mail lands sooner, and other mail loses nothing by it. */
function sooner(here: Case, remedy: Remedy, setting: SenderSetting): RemedyAdvice | null {
  const before = here.asSet.surelyBySeconds ?? Number.POSITIVE_INFINITY;
  const first = firstRetrySeconds(here.sender);
  const gains = ({ landsSeconds: [, latest], sender }: SettingOption): boolean =>
    before - latest >= WORTH_A_CHANGE * before &&
    (remedy.scope === 'destination' ||
      (firstRetrySeconds(sender) <= first && othersPaySeconds(here.sender, sender) <= 0));
  if (remedy.insert !== undefined) return null;
  const options = settingOptions(here.sender, setting, remedy, here.target, here.domain);
  const chosen = best(here, remedy, options.filter(gains));
  return chosen === null ? null : settingAdvice(here, remedy, setting, chosen);
}

function cheapest(here: Case, remedy: Remedy, setting: SenderSetting): RemedyAdvice | null {
  if (remedy.insert !== undefined) return null;
  const options = settingOptions(here.sender, setting, remedy, here.target, here.domain);
  const chosen = best(here, remedy, options);
  return chosen === null ? null : settingAdvice(here, remedy, setting, chosen);
}

/**
 * Of several: what no vendor warns of, what needs no second round after the window closed, what
 * costs others least, what changes fewest settings, and then what changes the first retry least.
 */
function best(
  { sender, target }: Case,
  { scope, caution }: Remedy,
  options: readonly SettingOption[],
): SettingOption | null {
  const first = firstRetrySeconds(sender);
  const most = caution?.above ?? Number.POSITIVE_INFINITY;
  const ranked = options.map((option) => ({
    option,
    rank: [
      Number(option.filling.seconds > most),
      Number(option.landsSeconds[1] > target.closesSeconds),
      scope === 'destination' ? 0 : Math.max(0, othersPaySeconds(sender, option.sender)),
      option.settings.length,
      Math.abs(firstRetrySeconds(option.sender) - first),
    ],
  }));
  ranked.sort((a, b) => {
    const at = a.rank.findIndex((value, i) => value !== b.rank[i]);
    return (a.rank[at] ?? 0) - (b.rank[at] ?? 0);
  });
  return ranked[0]?.option ?? null;
}

function settingAdvice(
  here: Case,
  remedy: Remedy,
  setting: SenderSetting,
  { sender, landsSeconds, filling, value, settings }: SettingOption,
): RemedyAdvice {
  return advice(here, remedy, {
    setting: setting.name,
    value,
    landsSeconds,
    after: sender,
    filling: { ...filling, list: value },
    changed: settings,
    caution: filling.seconds > (remedy.caution?.above ?? Number.POSITIVE_INFINITY),
  });
}

/** One more step in the sender's list of waits. */
function stepIn(here: Case, remedy: Remedy, setting: SenderSetting): RemedyAdvice | null {
  const { sender, target, domain } = here;
  const step = withStep(sender, setting, remedy, target);
  if (step === null || step.sender.schedule === null) return null;
  const { giveUp, schedule } = step.sender;
  const { earliestSeconds, latestSeconds, missChance } = landingOf(schedule, giveUp, target);
  if (missChance !== 0 || earliestSeconds === null || latestSeconds === null) return null;
  const { seconds, list, quoted, retries } = step;
  return advice(here, remedy, {
    setting: setting.name,
    value: list,
    landsSeconds: [earliestSeconds, latestSeconds],
    after: step.sender,
    filling: { seconds, scanSeconds: null, longestSeconds: seconds, domain, list, quoted, retries },
    changed: step.settings,
    caution: false,
  });
}

interface Chosen {
  readonly setting: string;
  readonly value: string;
  readonly landsSeconds: [number, number];
  readonly after: Sender;
  readonly filling: Filling;
  /** Names of the settings that are no longer what they were. */
  readonly changed: readonly string[];
  readonly caution: boolean;
}

function advice({ sender, asSet }: Case, remedy: Remedy, chosen: Chosen): RemedyAdvice {
  const { setting, value, landsSeconds, after, filling, changed, caution } = chosen;
  return {
    setting,
    value,
    needed: asSet.verdict !== 'lands',
    scope: remedy.scope,
    paste: remedy.paste
      .filter((line) => typeof line === 'string' || changed.includes(line.ifChanged))
      .flatMap((line) => linesOf(typeof line === 'string' ? line : line.line, filling)),
    price: [
      filledIn(remedy.price, filling),
      ...(remedy.scope === 'all' ? firstRetryPrice(sender, after) : []),
      ...(caution && remedy.caution !== undefined ? [remedy.caution.says] : []),
      ...giveUpPrice(sender, after),
    ].join(' '),
    landsSeconds,
  };
}

const MOST_COLUMNS = 74;

/** A line filled in; a list that stands in lines of its own is folded. */
function linesOf(line: string, filling: Filling): string[] {
  const whole = filledIn(line, filling);
  if (!/^ +\{list\}$/u.test(line)) return [whole];
  const lines: string[] = [];
  for (const word of whole.trim().split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= MOST_COLUMNS) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else lines.push(`  ${word}`);
  }
  return lines;
}

/** A run of the queue from cron. */
function runOf({ sender, asSet, target, domain }: Case, run: QueueRun): RemedyAdvice | null {
  const timed = timedRun(run, sender.giveUp.seconds, target, domain);
  if (timed === null) return null;
  return {
    setting: run.command.replaceAll('{domain}', domain),
    value: `every ${timed.minutes} min`,
    needed: asSet.verdict !== 'lands',
    scope: run.scope,
    paste: [...timed.lines],
    price: run.price,
    landsSeconds: timed.landsSeconds,
  };
}

/** When all other mail is tried again for the first time, since most of it passes then. */
function firstRetryPrice(before: Sender, after: Sender): string[] {
  const [was, is] = [
    formatDuration(firstRetrySeconds(before)),
    formatDuration(firstRetrySeconds(after)),
  ];
  return was === is
    ? [`The first retry of all mail stays at ${was}.`]
    : [`The first retry of all mail then comes after ${is} instead of ${was}.`];
}

/** What the change does to how long the sender keeps trying, if it shortens that. */
function giveUpPrice(before: Sender, after: Sender): string[] {
  const [was, is] = [lastRetryOf(before), lastRetryOf(after)];
  if (was === null || is === null || is >= was) return [];
  const [wasText, isText] = [formatDuration(was), formatDuration(is)];
  return wasText === isText ? [] : [`Mail then goes back after ${isText} instead of ${wasText}.`];
}
