import type * as v from 'valibot';
import { type GreyprobeError, usageError } from '../../model/errors.js';
import { shortened } from './config-values.js';

/** Where in a file something stands. */
export type LineOf = (path: readonly PropertyKey[], of: 'key' | 'value') => number;

const MOST_TOLD = 5;

/**
 * What is wrong with a configuration: the line, the key, and the nearest key that is valid. The first
 * problem is the message, the next ones are suggestions.
 */
export function configError(
  file: string,
  issues: readonly v.BaseIssue<unknown>[],
  lineOf: LineOf,
): GreyprobeError {
  const told = issues
    .map(deepest)
    .map((issue) => describe(issue, lineOf))
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

function describe(issue: v.BaseIssue<unknown>, lineOf: LineOf): Told {
  const items = issue.path ?? [];
  const path = items.map(({ key }) => toKey(key));
  const parent = path.slice(0, -1);
  const last = items.at(-1);
  const isOfKey = last !== undefined && 'origin' in last && last.origin === 'key';
  if (!isOfKey || issue.type !== 'strict_object') {
    const line = lineOf(path, isOfKey ? 'key' : 'value');
    return { line, rank: 1, says: `${where(keyName(path))}: ${issue.message}` };
  }
  const key = String(last.key);
  if (Array.isArray(last.input)) {
    const says = `${where(keyName(parent))}: expected keys with values, found a list.`;
    return { line: lineOf(parent, 'value'), rank: 0, says };
  }
  if (issue.input === undefined) {
    const says = `${where(keyName(parent))} needs the key '${key}'.`;
    return { line: lineOf(parent, 'value'), rank: 1, says };
  }
  const inside = parent.length === 0 ? '' : ` in ${keyName(parent)}`;
  const says = `there is no key '${shortened(key)}'${inside}. ${issue.message}`;
  return { line: lineOf(path, 'key'), rank: 0, says };
}

function where(name: string): string {
  return name === '' ? 'the file' : name;
}

/** As messages name a key: `targets[0].expect`. */
export function keyName(path: readonly PropertyKey[]): string {
  return path
    .map((key, index) =>
      typeof key === 'number' ? `[${key}]` : `${index === 0 ? '' : '.'}${String(key)}`,
    )
    .map(shortened)
    .join('');
}

function toKey(key: unknown): PropertyKey {
  return typeof key === 'number' || typeof key === 'string' ? key : String(key);
}
