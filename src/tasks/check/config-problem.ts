import type * as v from 'valibot';
import { type GreyprobeError, usageError } from '../../model/errors.js';
import { parseDuration } from '../../model/values/duration.js';
import { escapeControl } from '../../model/values/escape.js';
import { nearestNames } from '../../model/values/nearest.js';
import { takesDuration } from './config-schema.js';

/** Where in a file something stands. */
export type LineOf = (path: readonly PropertyKey[], of: 'key' | 'value') => number;

const MOST_TOLD = 5;

/**
 * What is wrong with a configuration: the line, the key, and the nearest key that is valid. The first
 * problem is the message, the next ones are suggestions.
 */
export function configError(
  file: string,
  schema: v.GenericSchema,
  issues: readonly v.BaseIssue<unknown>[],
  lineOf: LineOf,
): GreyprobeError {
  const told = issues
    .map(deepest)
    .map((issue) => describe(issue, schema, lineOf))
    .sort((a, b) => a.line - b.line || a.rank - b.rank)
    .map(({ line, says }) => `${file}:${line}: ${says}`);
  const [first = `${file}: not a configuration`, ...rest] = [...new Set(told)];
  const more = rest.length > MOST_TOLD ? [`and ${rest.length - MOST_TOLD} more`] : [];
  return usageError('bad-config', first, ...rest.slice(0, MOST_TOLD), ...more);
}

interface Told {
  readonly line: number;
  /** A key that is wrong comes before the key that is missing for it. */
  readonly rank: number;
  readonly says: string;
}

/** Of a choice between text and a list, what is wrong inside the list that was given. */
function deepest(issue: v.BaseIssue<unknown>): v.BaseIssue<unknown> {
  const inside = issue.issues?.find(({ path }) => path !== undefined);
  if (inside?.path === undefined) return issue;
  const [first, ...rest] = [...(issue.path ?? []), ...inside.path];
  return first === undefined ? inside : { ...inside, path: [first, ...rest] };
}

function describe(issue: v.BaseIssue<unknown>, schema: v.GenericSchema, lineOf: LineOf): Told {
  const items = issue.path ?? [];
  const path = items.map(({ key }) => toKey(key));
  const name = nameOf(path);
  const parent = path.slice(0, -1);
  const last = items.at(-1);
  // An issue of an object is about one of its keys, unless it is none at all.
  if (issue.type === 'strict_object' && issue.expected !== 'Object' && last !== undefined) {
    if (Array.isArray(last.input)) {
      const says = `${where(nameOf(parent))}: expected keys with values, found a list.`;
      return { line: lineOf(parent, 'value'), rank: 0, says };
    }
    const valid = keysAt(schema, parent);
    const key = String(last.key);
    return issue.expected === 'never'
      ? { line: lineOf(path, 'key'), rank: 0, says: unknownKey(key, nameOf(parent), valid) }
      : {
          line: lineOf(parent, 'value'),
          rank: 1,
          says: `${where(nameOf(parent))} needs the key '${key}'.`,
        };
  }
  const line = lineOf(
    path,
    last !== undefined && 'origin' in last && last.origin === 'key' ? 'key' : 'value',
  );
  return {
    line,
    rank: 1,
    says: `${where(name)}: ${whatIsWrong(issue, takesDuration(schemaAt(schema, path)))}`,
  };
}

function unknownKey(key: string, parent: string, valid: readonly string[]): string {
  const [nearest] = nearestNames(key, valid, 1);
  const inside = parent === '' ? '' : ` in ${parent}`;
  const shown = escapeControl(key.slice(0, 60));
  const hint =
    nearest === undefined ? `Valid keys: ${valid.join(', ')}.` : `Did you mean '${nearest}'?`;
  return `there is no key '${shown}'${inside}. ${hint}`;
}

/** A picklist names what comes nearest, a duration without a unit how to write it. */
function whatIsWrong(issue: v.BaseIssue<unknown>, isDuration: boolean): string {
  const { input, expected, received, message, kind } = issue;
  if (kind === 'validation' && issue.type === 'raw_check') return message;
  if (typeof input === 'number' && expected === 'string') {
    const hint = isDuration ? unitMissing(input) : null;
    return hint ?? `expected text in quotes, found ${received}.`;
  }
  const bound = outOfBounds(issue);
  if (bound !== null) return bound;
  const choices = choicesOf(expected ?? '');
  if (choices.length > 0 && typeof input === 'string') {
    const [nearest] = nearestNames(input, choices, 1);
    const hint = nearest === undefined ? '' : ` Did you mean '${nearest}'?`;
    return `'${escapeControl(input.slice(0, 60))}' is none of ${choices.join(', ')}.${hint}`;
  }
  const found = WORDS[received] ?? escapeControl(received.slice(0, 80));
  return `expected ${wanted(expected ?? '')}, found ${found}.`;
}

/** The types as people who write YAML call them. */
const WORDS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  boolean: 'true or false',
  Array: 'a list',
  Object: 'keys with values',
  null: 'nothing',
};

/** `(string | Array)` as valibot writes it, in words. */
function wanted(expected: string): string {
  const types = expected
    .split(/[|()\s]+/u)
    .flatMap((type) => WORDS[type] ?? (type.startsWith('"') ? type : []));
  return types.length === 0 ? 'another value' : [...new Set(types)].join(' or ');
}

/** A number or a length that is out of its bounds; null for what is wrong otherwise. */
function outOfBounds({ type, received, ...issue }: v.BaseIssue<unknown>): string | null {
  const bound = 'requirement' in issue ? String(issue.requirement) : '';
  switch (type) {
    case 'integer':
      return `${received} is not a whole number.`;
    case 'min_value':
      return `${received} is too small: at least ${bound}.`;
    case 'max_value':
      return `${received} is too large: at most ${bound}.`;
    case 'min_length':
      return 'it is empty.';
    case 'max_length':
      return `it is too long: at most ${bound}.`;
    default:
      return null;
  }
}

function unitMissing(value: number): string | null {
  try {
    parseDuration(String(value));
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : null;
  }
}

/** `("a" | "b" | Array)` as valibot writes the choices. */
function choicesOf(expected: string): readonly string[] {
  return [...expected.matchAll(/"(?<choice>[^"]*)"/gu)].flatMap(
    ({ groups }) => groups?.['choice'] ?? [],
  );
}

function where(name: string): string {
  return name === '' ? 'the file' : name;
}

/** As messages name a key: `targets[0].expect`. */
export function nameOf(path: readonly PropertyKey[]): string {
  return path
    .map((key, index) =>
      typeof key === 'number' ? `[${key}]` : `${index === 0 ? '' : '.'}${String(key)}`,
    )
    .map((part) => escapeControl(part.slice(0, 60)))
    .join('');
}

function toKey(key: unknown): PropertyKey {
  return typeof key === 'number' || typeof key === 'string' ? key : String(key);
}

/** The keys that an object in the schema may have. */
function keysAt(schema: v.GenericSchema, path: readonly PropertyKey[]): readonly string[] {
  const found = schemaAt(schema, path);
  return hasRecord(found, 'entries') ? Object.keys(found.entries) : [];
}

function schemaAt(schema: v.GenericSchema, path: readonly PropertyKey[]): unknown {
  let at: unknown = schema;
  for (const key of path) at = inside(unwrapped(at), key);
  return unwrapped(at);
}

function inside(schema: unknown, key: PropertyKey): unknown {
  if (hasRecord(schema, 'entries')) return schema.entries[String(key)];
  if (hasRecord(schema, 'item')) return schema.item;
  // Of a record, whose keys are free, what stands under any of them.
  return hasRecord(schema, 'value') ? schema.value : undefined;
}

function unwrapped(schema: unknown): unknown {
  return hasRecord(schema, 'wrapped') ? unwrapped(schema.wrapped) : schema;
}

function hasRecord<K extends string>(
  value: unknown,
  key: K,
): value is Readonly<Record<K, Readonly<Record<string, unknown>>>> {
  return typeof value === 'object' && value !== null && key in value;
}
