import { closeSync, openSync, readSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import * as v from 'valibot';
import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { type GreyprobeError, usageError } from '../errors.js';
import { configError, type LineOf } from './config-problem.js';
import { type Config, type ConfigDefaults, ConfigSchema } from './config-schema.js';
import { type Environment, expandVariables } from './environment.js';
import { mergeDefaults } from './merge.js';

const LARGEST_BYTES = 1024 * 1024;
const DEEPEST_EXTENDS = 10;

/** A configuration with what it extends, checked. */
export interface LoadedConfig {
  readonly defaults: ConfigDefaults;
  readonly targets: NonNullable<Config['targets']>;
}

/**
 * Reads a configuration in YAML or JSON, with the defaults of the files that it extends. Throws
 * `config-unreadable`, and `bad-config` with the line, the key and the nearest valid key.
 */
export function loadConfig(path: string, environment: Environment): LoadedConfig {
  return load(resolve(path), path, environment, []);
}

function load(
  path: string,
  shown: string,
  environment: Environment,
  above: readonly string[],
): LoadedConfig {
  if (above.includes(path)) throw usageError('bad-config', `${shown} extends itself.`);
  if (above.length >= DEEPEST_EXTENDS) {
    throw usageError('bad-config', `${shown}: more than ${DEEPEST_EXTENDS} files deep.`);
  }
  const config = parseConfig(readText(path, shown), shown, environment);
  const bases = [config.extends ?? []].flat().map((base) => {
    const from = resolve(dirname(path), base);
    return load(from, base, environment, [...above, path]).defaults;
  });
  const defaults = [...bases, config.defaults ?? {}].reduce(mergeDefaults, {});
  return { defaults, targets: config.targets ?? [] };
}

/** Reads the text of one file. `shown` names it in messages. Exported for tests. */
export function parseConfig(text: string, shown: string, environment: Environment): Config {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: false });
  const lineAt = (offset: number) => counter.linePos(offset).line;
  const [error] = document.errors;
  if (error !== undefined) {
    throw usageError('bad-config', `${shown}:${lineAt(error.pos[0])}: ${error.message}`);
  }
  const root = document.contents;
  const lineOf: LineOf = (path, of) => lineAt(offsetOf(root, path, of));
  const value = expanded(
    toPlain(document, shown),
    [],
    (path, name) =>
      usageError(
        'bad-config',
        `${shown}:${lineOf(path, 'value')}: the environment variable ${name} is not set.`,
        `Set it, or give another value in place: \${${name}:-value}.`,
      ),
    environment,
  );
  const parsed = v.safeParse(ConfigSchema, value ?? {});
  if (!parsed.success) throw configError(shown, ConfigSchema, parsed.issues, lineOf);
  return parsed.output;
}

function toPlain(document: ReturnType<typeof parseDocument>, shown: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    const says = error instanceof Error ? error.message : String(error);
    throw usageError('bad-config', `${shown}: ${says}`);
  }
}

/** Variables are put into texts after the file was parsed: their values cannot add structure. */
function expanded(
  value: unknown,
  path: readonly PropertyKey[],
  problem: (path: readonly PropertyKey[], name: string) => GreyprobeError,
  environment: Environment,
): unknown {
  if (typeof value === 'string') {
    const { text, missing } = expandVariables(value, environment);
    const [name] = missing;
    if (name !== undefined) throw problem(path, name);
    return text;
  }
  if (Array.isArray(value)) {
    return value.map((item: unknown, index) =>
      expanded(item, [...path, index], problem, environment),
    );
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]: [string, unknown]) => [
      key,
      expanded(item, [...path, key], problem, environment),
    ]),
  );
}

/** Where a value, or its key, begins; the nearest thing around it where it is not there. */
function offsetOf(root: unknown, path: readonly PropertyKey[], of: 'key' | 'value'): number {
  let node = root;
  let offset = startOf(root) ?? 0;
  for (const [index, segment] of path.entries()) {
    const isLast = index === path.length - 1;
    if (isMap(node)) {
      const pair = node.items.find(
        ({ key }) => isScalar(key) && String(key.value) === String(segment),
      );
      offset = startOf(pair?.key) ?? offset;
      node = pair?.value;
      if (isLast && of === 'key') return offset;
      // A scalar stands beside its key; the first line of a block is below it.
      if (isScalar(node)) offset = startOf(node) ?? offset;
    } else if (isSeq(node) && typeof segment === 'number') {
      node = node.items[segment];
      offset = startOf(node) ?? offset;
    }
  }
  return offset;
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'range' in value;
}

function readText(path: string, shown: string): string {
  try {
    const fd = openSync(path, 'r');
    try {
      return readBounded(fd);
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    const says = error instanceof Error ? error.message : String(error);
    throw usageError(
      'config-unreadable',
      `${shown} cannot be read: ${says}`,
      'Name a configuration with --config, or give recipients and --expect-... flags.',
    );
  }
}

/** Pipes and devices tell no size, so that the bound holds for what is read. */
function readBounded(fd: number): string {
  const bytes = Buffer.alloc(LARGEST_BYTES + 1);
  let length = 0;
  for (;;) {
    const taken = readSync(fd, bytes, length, bytes.length - length, null);
    length += taken;
    if (length > LARGEST_BYTES) throw new RangeError('it is larger than 1 MiB');
    if (taken === 0)
      return new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, length));
  }
}
