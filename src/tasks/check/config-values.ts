import * as v from 'valibot';
import { GreyprobeError } from '../../model/errors.js';
import {
  expected,
  expectedChoice,
  expectedDuration,
  expectedKeys,
  expectedText,
} from './config-words.js';

/*
 * The kinds of values that a configuration has: how each stands in the file, what it is once it was
 * read, and how editors describe it.
 */

/** Text, read by a parser of values/; what that says of a bad one is the issue. */
export function text<T>(parse: (text: string) => T, description: string) {
  return v.pipe(v.string(expectedText), v.description(description), read(parse));
}

/** Text that is a duration. */
export function duration<T>(parse: (text: string) => T, description: string) {
  return v.pipe(v.string(expectedDuration), v.description(description), read(parse));
}

/** How durations are written, for their descriptions. */
export const WITH_UNIT = 'A number with its unit: 90s, 5m, 1h30m.';

export function choice<T extends string>(choices: readonly T[], description: string) {
  return v.pipe(v.picklist(choices, expectedChoice(choices)), v.description(description));
}

export function toggle(description: string) {
  return v.pipe(v.boolean(expected('true or false')), v.description(description));
}

export function wholeNumber(min: number, max: number, description: string) {
  return v.pipe(
    v.number(expected('a number')),
    v.integer(({ received }) => `${received} is not a whole number.`),
    v.minValue(min, ({ received }) => `${received} is too small: at least ${min}.`),
    v.maxValue(max, ({ received }) => `${received} is too large: at most ${max}.`),
    v.description(description),
  );
}

export function list<T extends v.GenericSchema>(item: T) {
  return v.array(item, expected('a list'));
}

export function keys<T extends v.ObjectEntries>(entries: T) {
  return v.strictObject(entries, expectedKeys(Object.keys(entries)));
}

export const EMPTY = 'it is empty.';

export const tooLong = (most: number) => `it is too long: at most ${most}.`;

function read<T>(parse: (text: string) => T) {
  return v.rawTransform<string, T>(({ dataset, addIssue, NEVER }) => {
    try {
      return parse(dataset.value);
    } catch (error) {
      if (!(error instanceof GreyprobeError)) throw error;
      addIssue({ message: [error.message, ...error.suggestions].join(' ') });
      return NEVER;
    }
  });
}
