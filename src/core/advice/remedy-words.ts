import { durationText } from '../../model/values/duration.js';
import type { SenderSetting } from './sender-schema.js';

/*
 * How a change is written in the words of each product.
 */

/** What is filled into a line to paste. */
export interface Filling {
  readonly seconds: number;
  /** How often the queue is scanned; null: the line says nothing of it. */
  readonly scanSeconds: number | null;
  readonly longestSeconds: number;
  readonly domain: string;
  /** For settings that are lists of waits, or rules. */
  readonly list?: string;
  readonly quoted?: string;
  readonly retries?: number;
}

/** A line with its placeholders filled in; unknown ones stay: `F,2h,{duration}` -> `F,2h,5m10s`. */
export function filledIn(line: string, filling: Filling): string {
  const { seconds, longestSeconds, domain } = filling;
  const scan = filling.scanSeconds ?? seconds;
  const values: Readonly<Record<string, string | undefined>> = {
    seconds: String(seconds),
    minutes: String(Math.ceil(seconds / 60)),
    timespan: timespan(seconds),
    duration: durationText(seconds),
    goDuration: goDuration(seconds),
    scan: String(scan),
    scanDuration: durationText(scan),
    longest: String(longestSeconds),
    domain,
    list: filling.list,
    quoted: filling.quoted,
    retries: filling.retries?.toString(),
  };
  return line.replace(/\{(?<name>[a-zA-Z]+)\}/gu, (all, name: string) => values[name] ?? all);
}

/** A wait in the unit of a setting: 310 s -> `310`, `6` (min), `5m10s`, `00:05:10`. */
export function written({ unit }: SenderSetting, seconds: number): string {
  if (unit === 'timespan') return timespan(seconds);
  if (unit === 'min') return String(Math.ceil(seconds / 60));
  if (unit === 'Go duration') return goDuration(seconds);
  return unit === 's' ? String(seconds) : durationText(seconds);
}

/** A wait of a list: 90 s -> `1m30s`, `90s` (suffixed: one unit only), `90000` (ms). */
export function writtenInList(unit: 'duration' | 'suffixed' | 'ms', seconds: number): string {
  if (unit === 'ms') return String(Math.round(seconds * 1000));
  if (unit === 'duration') return durationText(seconds);
  const text = durationText(seconds);
  return /^\d+[smhd]$/u.test(text) ? text : `${seconds}s`;
}

/** Go's durations know no days: 30 h 1 min -> `30h1m`. */
function goDuration(seconds: number): string {
  const hours = Math.floor(seconds / 3_600);
  const rest = seconds % 3_600;
  return `${hours > 0 ? `${hours}h` : ''}${rest > 0 || hours === 0 ? durationText(rest) : ''}`;
}

/** .NET's form: 310 s -> `00:05:10`, 90,000 s -> `1.01:00:00`. */
function timespan(seconds: number): string {
  const days = Math.floor(seconds / 86_400);
  const clock = [seconds / 3_600, seconds / 60, seconds]
    .map((value, i) => Math.floor(value) % (i === 0 ? 24 : 60))
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
  return days > 0 ? `${days}.${clock}` : clock;
}
