import { formatDuration } from '../../model/values/duration.js';

/** Up to this many times the least time a plain axis can be read; beyond, a logarithmic one. */
const LINEAR_UP_TO = 15;

const ROUND_TIMES = [
  1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1_200, 1_800, 3_600, 7_200, 14_400, 28_800, 43_200,
  86_400, 172_800, 345_600, 604_800, 1_209_600,
];

/** Maps seconds to 0..1 of an axis; clamped at both ends. */
export type TimeScale = (seconds: number) => number;

/** Where the axis of times from `first` on begins: a little before it, and never at 0. */
export function axisBegin(first: number): number {
  return Math.max(1, 0.8 * first);
}

/** A plain axis from 0, or a logarithmic one from `least` where the range is wide. */
export function timeScale(least: number, most: number): TimeScale {
  if (most <= least * LINEAR_UP_TO) return (seconds) => clamp(seconds / most);
  const from = Math.log(least);
  const span = Math.log(most) - from;
  return (seconds) => clamp((Math.log(Math.max(least, seconds)) - from) / span);
}

/** Round times between the two. */
export function roundTimes(least: number, most: number): number[] {
  return ROUND_TIMES.filter((time) => time >= least && time <= most);
}

/** Times written below their columns, from left to right, each where it has room before `until`. */
export function tickLine(
  times: readonly number[],
  column: (seconds: number) => number,
  until: number,
): string {
  return times.reduce((line, time) => {
    const text = formatDuration(time);
    const start = column(time);
    const free = line === '' ? 0 : line.length + 2;
    return start < free || start + text.length > until ? line : line.padEnd(start) + text;
  }, '');
}

function clamp(share: number): number {
  return Math.min(1, Math.max(0, share));
}
