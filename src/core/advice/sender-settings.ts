import * as v from 'valibot';
import { usageError } from '../../model/errors.js';
import { parseDuration } from '../../model/values/duration.js';
import { nearestNames } from '../../model/values/nearest.js';
import { type Sender, SenderSchema, type SenderSetting } from './sender-schema.js';

/** One `--set name=value`. */
export interface GivenSetting {
  readonly name: string;
  readonly value: string;
}

const UNIT_SECONDS: Readonly<Record<string, number>> = {
  s: 1,
  min: 60,
  h: 3_600,
  d: 86_400,
  ms: 0.001,
};
const TIMESPAN = /^(?:(?<d>\d{1,4})\.)?(?<h>[01]?\d|2[0-3]):(?<m>[0-5]\d):(?<s>[0-5]\d)$/u;
/** `7 days` as KumoMTA writes it. */
const UNIT_WORD = /\s*(?<unit>[dhms])(?:ays?|ours?|rs?|inutes?|ins?|econds?|ecs?)$/u;
const RULE = /^(?<kind>[FG])\s*,\s*(?<until>\w+)\s*,\s*(?<wait>\w+)(?:\s*,\s*(?<factor>[\d.]+))?$/u;

/** Reads `name=value`. Throws a usage error (code `bad-setting`). */
export function parseSetting(text: string): GivenSetting {
  const at = text.indexOf('=');
  if (at < 1) {
    throw usageError(
      'bad-setting',
      `${JSON.stringify(text.slice(0, 80))} is not a setting.`,
      'Write --set name=value, such as --set minimal_backoff_time=600.',
    );
  }
  return { name: text.slice(0, at).trim(), value: text.slice(at + 1).trim() };
}

/**
 * The senders with the given settings in place of their defaults. A setting counts for each sender
 * that has it; one that nobody has is a usage error (code `unknown-setting`).
 */
export function withSettings(
  senders: readonly Sender[],
  given: readonly GivenSetting[],
): readonly Sender[] {
  for (const { name } of given) {
    if (!senders.some((sender) => modelled(sender, name) !== undefined)) {
      throw unknownSetting(senders, name);
    }
  }
  return senders.map((sender) =>
    given.reduce((changed, { name, value }) => {
      const setting = modelled(changed, name);
      return setting === undefined ? changed : withSetting(changed, setting, value);
    }, sender),
  );
}

/** One sender with one setting changed. Throws a usage error where the value makes no sense. */
export function withSetting(sender: Sender, setting: SenderSetting, value: string): Sender {
  const settings = sender.settings.map((one) =>
    one.name === setting.name ? { ...one, default: value } : one,
  );
  const changed = replaced(changedParts(sender, setting, value), ['settings'], settings);
  const parsed = v.safeParse(SenderSchema, changed);
  if (parsed.success) return parsed.output;
  throw badValue(setting, value);
}

/** A setting that the data of the sender themselves name. */
export function settingNamed({ id, settings }: Sender, name: string): SenderSetting {
  const setting = settings.find((one) => one.name === name);
  if (setting === undefined) throw new RangeError(`${id} has no setting ${name}`);
  return setting;
}

function modelled(sender: Sender, name: string): SenderSetting | undefined {
  const wanted = name.toLowerCase();
  return sender.settings.find(
    (setting) => setting.sets !== null && namesOf(setting.name).includes(wanted),
  );
}

/** `Number of retries (smtpnoofretries)` goes by its whole name and by each of the two. */
function namesOf(name: string): string[] {
  const [outer = '', inner = ''] = name.toLowerCase().split(/\s*[()]/u);
  const last = outer.split('.').at(-1) ?? outer;
  return [name.toLowerCase(), outer, inner, last].filter((part) => part !== '');
}

function changedParts(sender: Sender, setting: SenderSetting, value: string): unknown {
  switch (setting.sets) {
    case 'list':
      return { ...sender, schedule: { kind: 'stages', stages: stagesOf(setting, value) } };
    case 'list-repeat':
      return replaced(sender, ['schedule', 'stages'], stagesOf(setting, value));
    case 'exim-rules':
      return replaced(sender, ['schedule', 'rules'], eximRules(setting, value));
    case 'attempts':
      return withPart(sender, setting, ['schedule', 'retries'], amountOf(setting, value) - 1);
    default:
      return withPart(sender, setting, (setting.sets ?? '').split('.'), amountOf(setting, value));
  }
}

/** Changes a part of the sender, and of what other documents say of its schedule. */
function withPart(
  sender: Sender,
  setting: SenderSetting,
  path: readonly string[],
  amount: number,
): unknown {
  const main = replaced(sender, path, amount);
  if (path[0] !== 'schedule' || !isRecord(main)) return main;
  const otherReadings = sender.otherReadings.flatMap((reading) => {
    const other = replaced(reading, path, amount);
    return other === undefined ? [] : [other];
  });
  return { ...main, otherReadings: readingsLeft(sender, setting, otherReadings) };
}

/** Readings that differ in this very setting are settled once it is given. */
function readingsLeft(sender: Sender, setting: SenderSetting, changed: unknown[]): unknown[] {
  return setting.note?.startsWith('pages disagree') && sender.otherReadings.length > 0
    ? []
    : changed;
}

const COUNTED: readonly string[] = ['count', 'factor', 'exponent'];

function amountOf(setting: SenderSetting, value: string): number {
  const amount = COUNTED.includes(setting.unit)
    ? countOf(setting, value)
    : secondsOf(setting, value);
  if (isWithin(setting, amount)) return amount;
  throw badValue(setting, value);
}

function countOf(setting: SenderSetting, value: string): number {
  if (/^\d+(?:\.\d+)?$/u.test(value)) return Number(value);
  throw badValue(setting, value);
}

/** An amount (seconds, or a count) is within the documented range, `least..most`, if there is one. */
export function isWithin(setting: SenderSetting, amount: number): boolean {
  const ends = setting.range?.split('..') ?? [];
  const [least, most] = ends.map((end) =>
    COUNTED.includes(setting.unit) ? Number(end) : (secondsIn(setting, end) ?? Number.NaN),
  );
  if (ends.length !== 2 || least === undefined || most === undefined) return true;
  return !(amount < least || amount > most);
}

function secondsOf(setting: SenderSetting, value: string): number {
  const seconds = secondsIn(setting, value);
  if (seconds !== null) return seconds;
  throw badValue(setting, value);
}

/** A time in the setting's own unit, a timespan, or a duration with its unit. */
function secondsIn(setting: SenderSetting, value: string): number | null {
  const span = TIMESPAN.exec(value)?.groups;
  if (span !== undefined) {
    return (
      Number(span['d'] ?? 0) * 86_400 +
      Number(span['h']) * 3_600 +
      Number(span['m']) * 60 +
      Number(span['s'])
    );
  }
  const unit = UNIT_SECONDS[setting.unit.replace('list of ', '')];
  if (unit !== undefined && /^\d+(?:\.\d+)?$/u.test(value)) return Number(value) * unit;
  try {
    return parseDuration(value.replace(UNIT_WORD, '$<unit>'));
  } catch {
    return null;
  }
}

/** `2m,5m,1h` and, as Haraka writes it, `5m*3`. */
function stagesOf(setting: SenderSetting, value: string): unknown {
  const items = value
    .split(/[\s,]+/u)
    .filter((item) => item !== '' && item !== 'none')
    .slice(0, 100);
  return items.map((item, i) => {
    const [text = '', times = '1'] = item.split('*');
    const forEver = setting.sets === 'list-repeat' && i === items.length - 1;
    return { everySeconds: secondsOf(setting, text), times: forEver ? null : Number(times) };
  });
}

/** `F,2h,15m; G,16h,1h,1.5; F,4d,6h` */
function eximRules(setting: SenderSetting, value: string): unknown {
  const rules = value.replace(/^\s*[^\s,;]+\s+[^\s,;]+\s+(?=[FG],)/u, '').split(';');
  return rules.map((text) => {
    const parts = RULE.exec(text.trim())?.groups;
    if (parts === undefined) throw badValue(setting, value);
    return {
      kind: parts['kind'] === 'G' ? 'growing' : 'fixed',
      untilSeconds: secondsOf(setting, parts['until'] ?? ''),
      waitSeconds: secondsOf(setting, parts['wait'] ?? ''),
      factor: Number(parts['factor'] ?? 1),
    };
  });
}

/**
 * A copy with the value at a path of names and indexes; undefined where the path leads nowhere.
 * replaced({ a: [1, 2] }, ['a', '1'], 9) -> { a: [1, 9] }
 */
function replaced(of: unknown, path: readonly string[], value: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (Array.isArray(of)) {
    const index = Number(key);
    if (!(index in of)) return undefined;
    const inner = replaced(of[index], rest, value);
    return inner === undefined ? undefined : of.with(index, inner);
  }
  if (!isRecord(of) || !Object.hasOwn(of, key)) return undefined;
  const inner = replaced(of[key], rest, value);
  return inner === undefined ? undefined : { ...of, [key]: inner };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function badValue(setting: SenderSetting, value: string): Error {
  const range = setting.range === null ? '' : ` (${setting.range})`;
  const written = setting.default === null ? '' : ` The default is written ${setting.default}.`;
  return usageError(
    'bad-setting',
    `${JSON.stringify(value.slice(0, 80))} is not a value for ${setting.name}.`,
    `Its unit is ${setting.unit}${range}.${written}`,
  );
}

function unknownSetting(senders: readonly Sender[], name: string): Error {
  const all = senders.flatMap(({ settings }) => settings);
  const shown = JSON.stringify(name.slice(0, 60));
  const fixed = all.find(
    (one) => one.sets === null && namesOf(one.name).includes(name.toLowerCase()),
  );
  return usageError(
    'unknown-setting',
    fixed === undefined
      ? `None of the chosen senders has a setting ${shown}.`
      : `greyprobe does not reckon with the setting ${shown} of the chosen senders.`,
    ...settingsMeant(name, [...new Set(all.flatMap((one) => (one.sets === null ? [] : one.name)))]),
  );
}

/** Those nearest to what was typed, or else the first few. */
function settingsMeant(typed: string, known: readonly string[]): string[] {
  if (known.length === 0) return ['The chosen senders have no setting that can be changed.'];
  const byName = new Map(known.flatMap((name) => namesOf(name).map((part) => [part, name])));
  const near = nearestNames(typed, [...byName.keys()], 3).map((part) => byName.get(part));
  return near.length > 0
    ? [`Did you mean ${[...new Set(near)].join(', or ')}?`]
    : [`Settings that can be changed here: ${known.slice(0, 8).join(', ')}.`];
}
