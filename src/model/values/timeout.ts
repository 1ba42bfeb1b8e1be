import { usageError } from '../errors.js';
import { parseDuration } from './duration.js';

const SHORTEST_SECONDS = 1;
/** RFC 5321 §4.5.3.2: the longest that any reply may take is ten minutes. */
const LONGEST_SECONDS = 600;

/** Reads how long a reply may take, in seconds. Throws `bad-timeout` and what durations throw. */
export function parseTimeout(text: string): number {
  const seconds = parseDuration(text);
  if (seconds >= SHORTEST_SECONDS && seconds <= LONGEST_SECONDS) return seconds;
  throw usageError('bad-timeout', `A timeout of ${text} is out of range.`, 'Give 1s to 10m.');
}
