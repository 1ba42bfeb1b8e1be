import type { Edge } from '../time.js';
import { formatDuration } from './duration.js';

/** Seconds for people, exact enough for a measurement: `22.4 s`, `302.3 s`, then `12 min 4 s`. */
export function secondsText(seconds: number): string {
  // To the millisecond first, so that a value shows alike before and after it was stored.
  const milliseconds = Math.round(seconds * 1000);
  return seconds < 1000 ? `${Math.round(milliseconds / 100) / 10} s` : formatDuration(seconds);
}

/** Where an edge lies: `18.4 to 22.4 s`, `less than 3.5 s`, `more than 3900 s`. */
export function bracketText(edge: Edge): string {
  const { afterSeconds, bySeconds } = edge;
  if (bySeconds === null)
    return afterSeconds === null ? '?' : `more than ${secondsText(afterSeconds)}`;
  if (afterSeconds === null) return `less than ${secondsText(bySeconds)}`;
  const from = secondsText(afterSeconds);
  const to = secondsText(bySeconds);
  // `5.1 to 44 min 23 s` would read as minutes.
  const bothSeconds = PLAIN_SECONDS.test(from) && PLAIN_SECONDS.test(to);
  return bothSeconds ? `${from.slice(0, -2)} to ${to}` : `${from} to ${to}`;
}

const PLAIN_SECONDS = /^[\d.]+ s$/u;

/** `5 min to 10 min`; one value where both are the same. */
export function fromTo(low: string, high: string): string {
  return low === high ? low : `${low} to ${high}`;
}
