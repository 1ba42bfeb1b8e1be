import { usageError } from '../errors.js';
import { parseDuration } from './duration.js';

/** More are not polite: each is a connection to somebody's mail host. */
export const MOST_AGES = 40;

/** An age at which to try again, in seconds. Throws `bad-duration`. */
export function parseAge(text: string): number {
  const seconds = parseDuration(text);
  if (seconds > 0) return seconds;
  throw usageError('bad-duration', 'An age of zero is the first attempt itself.', 'Leave it out.');
}

/** Ages with commas between: `5m,30s,5m` gives 30 and 300. Throws `bad-duration`. */
export function parseAges(text: string): readonly number[] {
  const parts = text.split(',').filter((part) => part.trim() !== '');
  if (parts.length === 0) {
    throw usageError('bad-duration', 'No ages given.', 'Write them with units: 30s,1m,5m.');
  }
  const ages = parts.map(parseAge);
  if (ages.length > MOST_AGES) {
    throw usageError('bad-duration', `More than ${MOST_AGES} ages are not polite.`, 'Give fewer.');
  }
  return ascending(ages);
}

/** The same ages without repeats. */
export function ascending(ages: readonly number[]): readonly number[] {
  return [...new Set(ages)].sort((a, b) => a - b);
}
