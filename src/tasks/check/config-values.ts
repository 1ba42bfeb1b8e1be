import * as v from 'valibot';
import { GreyprobeError } from '../../model/errors.js';
import { parseDuration } from '../../model/values/duration.js';
import { escapeControl } from '../../model/values/escape.js';
import { nearestNames } from '../../model/values/nearest.js';

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

/*
 * What is wrong with a value, in the words of those who write YAML. Each schema of the configuration
 * says it of itself, where it is defined, since there it is known what was wanted.
 */

type Says = (issue: v.BaseIssue<unknown>) => string;

/** `expected a list, found "30s,1m".` */
export function expected(wanted: string): Says {
  return ({ input }) => `expected ${wanted}, found ${found(input)}.`;
}

export const expectedText: Says = (issue) =>
  expected(typeof issue.input === 'number' ? 'text in quotes' : 'text')(issue);

/** A number without its unit is the slip that happens here: `"30" has no unit: write 30s.` */
const expectedDuration: Says = (issue) => {
  if (typeof issue.input !== 'number') return expectedText(issue);
  try {
    parseDuration(String(issue.input));
  } catch (error) {
    if (error instanceof Error) return error.message;
  }
  return expectedText(issue);
};

/** Names the choice that was most likely meant. `or`: what may stand in place of one. */
export function expectedChoice(choices: readonly string[], or: readonly string[] = []): Says {
  return (issue) => {
    const { input } = issue;
    if (typeof input !== 'string') {
      return expected([...choices.map((one) => `"${one}"`), ...or].join(' or '))(issue);
    }
    const says = `'${shortened(input)}' is none of ${choices.join(', ')}.`;
    return [says, didYouMean(input, choices) ?? []].flat().join(' ');
  };
}

/** Of an object that is none; of a key that it does not have, which one was meant. */
function expectedKeys(keys: readonly string[]): Says {
  return (issue) =>
    issue.path === undefined
      ? expected('keys with values')(issue)
      : (didYouMean(String(issue.path[0].key), keys) ?? `Valid keys: ${keys.join(', ')}.`);
}

function didYouMean(typed: string, names: readonly string[]): string | undefined {
  const [nearest] = nearestNames(typed, names, 1);
  return nearest === undefined ? undefined : `Did you mean '${nearest}'?`;
}

function found(input: unknown): string {
  if (input === null) return 'nothing';
  if (Array.isArray(input)) return 'a list';
  if (typeof input === 'object') return 'keys with values';
  return typeof input === 'string' ? `"${escapeControl(input.slice(0, 80))}"` : String(input);
}

/** A word of the user in a sentence: whole words of keys and values are shorter. */
export function shortened(text: string): string {
  return escapeControl(text.slice(0, 60));
}
