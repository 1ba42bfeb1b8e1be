import { usageError } from '../errors.js';
import { escapeControl } from './escape.js';
import { refuseTypographic } from './typographic.js';

const UNIT_SECONDS = { d: 86_400, h: 3_600, m: 60, s: 1 } as const;

/** Largest units first, each at most once, the number of each perhaps with a fraction. */
const DURATION = new RegExp(
  `^${Object.entries({
    d: 'd|days?',
    h: 'h|hrs?|hours?',
    m: 'm|mins?|minutes?',
    s: 's|secs?|seconds?',
  })
    .map(([unit, words]) => `(?:(?<${unit}>\\d+(?:\\.\\d+)?) ?(?:${words})(?![a-z]) ?)?`)
    .join('')}$`,
  'u',
);
const BARE_NUMBER = /^\d+(?:\.\d+)?$/u;

/** Longer than any schedule or window, and short enough for arithmetic in milliseconds. */
const LONGEST_SECONDS = 3_660 * UNIT_SECONDS.d;
const LONGEST_TEXT = 64;

/**
 * Reads a duration: `90s`, `5m`, `1h30m`, `2d`, `1.5s`, and as people and greyprobe itself write it: `5 min`,
 * `1 h 30 min`, `300 seconds`. Returns seconds, to the millisecond.
 *
 * Throws a usage error (code `bad-duration`) for anything else. A bare number is refused, since
 * `300` means minutes to some programs and seconds to others.
 */
export function parseDuration(text: string): number {
  const trimmed = text.trim();
  if (trimmed.length <= LONGEST_TEXT) {
    if (BARE_NUMBER.test(trimmed)) throw bareNumber(trimmed);
    const parts = trimmed === '' ? undefined : DURATION.exec(trimmed)?.groups;
    if (parts !== undefined) return withinLimit(sumOf(parts), trimmed);
  }
  refuseTypographic(trimmed, 'a duration');
  throw usageError(
    'bad-duration',
    `"${shown(trimmed)}" is not a duration.`,
    'Write a number with its unit: 90s, 5m, 1h30m, 2d.',
  );
}

function sumOf(parts: Readonly<Record<string, string | undefined>>): number {
  const sum = Object.entries(UNIT_SECONDS).reduce(
    (total, [unit, seconds]) => total + Number(parts[unit] ?? 0) * seconds,
    0,
  );
  return Math.round(sum * 1000) / 1000;
}

function withinLimit(seconds: number, text: string): number {
  if (seconds <= LONGEST_SECONDS) return seconds;
  throw usageError('bad-duration', `"${text}" is longer than ten years.`);
}

function bareNumber(text: string): Error {
  const seconds = Number(text);
  const alike = seconds > 0 && seconds % 60 === 0 ? ` or ${seconds / 60}m` : '';
  return usageError(
    'bad-duration',
    `"${text}" has no unit: write ${text}s${alike}.`,
    'Durations are a number with a unit: 90s, 5m, 1h30m, 2d.',
  );
}

function shown(text: string): string {
  const cut = text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}...` : text;
  return escapeControl(cut);
}

/**
 * A duration for people, rounded to its two largest units: `22.4 s`, `5 min`, `1 h 30 min`,
 * `2 d 3 h`. For exact text that can be read back, use {@link durationText}.
 */
export function formatDuration(seconds: number): string {
  if (seconds < 0) return `-${formatDuration(-seconds)}`;
  const tenths = Math.round(seconds * 10) / 10;
  if (tenths < 60) return `${tenths} s`;
  const whole = Math.round(seconds);
  if (whole < 3_600) return twoUnits(whole, 60, 'min', 1, 's');
  const minutes = Math.round(seconds / 60) * 60;
  if (minutes < 86_400) return twoUnits(minutes, 3_600, 'h', 60, 'min');
  return twoUnits(Math.round(seconds / 3_600) * 3_600, 86_400, 'd', 3_600, 'h');
}

function twoUnits(
  seconds: number,
  large: number,
  largeName: string,
  small: number,
  smallName: string,
): string {
  const rest = Math.round((seconds % large) / small);
  const head = `${Math.floor(seconds / large)} ${largeName}`;
  return rest === 0 ? head : `${head} ${rest} ${smallName}`;
}

/** Exact text that `parseDuration` reads back, to the millisecond: `5m`, `1h30m`, `22.4s`. */
export function durationText(seconds: number): string {
  let rest = Math.round(Math.max(0, seconds) * 1000);
  let text = '';
  for (const [unit, size] of Object.entries(UNIT_SECONDS)) {
    const count = unit === 's' ? rest / 1000 : Math.floor(rest / (size * 1000));
    if (count > 0) text += `${count}${unit}`;
    rest -= count * size * 1000;
  }
  return text === '' ? '0s' : text;
}
