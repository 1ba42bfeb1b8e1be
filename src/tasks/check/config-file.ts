import { dirname, isAbsolute, join, resolve } from 'node:path';
import * as v from 'valibot';
import { readSmallFile } from '../../edges/system/read-bytes.js';
import { cannotRead } from '../../edges/system/system-error.js';
import { type GreyprobeError, retold, usageError } from '../../model/errors.js';
import { escapeControl } from '../../model/values/escape.js';
import { editDistance } from '../../model/values/nearest.js';
import { shellWord } from '../../model/values/shell-word.js';
import type { Environment } from '../settings/read-settings.js';
import { readDocument } from './config-document.js';
import { configError, keyName, type LineOf } from './config-problem.js';
import { type Config, type ConfigDefaults, ConfigSchema } from './config-schema.js';
import { mergeExpectations } from './expectations.js';

const LARGEST_BYTES = 1024 * 1024;
const DEEPEST_EXTENDS = 10;
const MOST_SLIPS = 2;
const LONGEST_KEY = 20;

/** A configuration with what it extends, checked. */
export interface LoadedConfig {
  readonly defaults: ConfigDefaults;
  readonly targets: NonNullable<Config['targets']>;
}

/**
 * Reads a configuration in YAML or JSON, with the defaults of the files that it extends. Throws
 * `cannot-read-file`, and `bad-config` with the line, the key and the nearest valid key.
 */
export function loadConfig(path: string, environment: Environment): LoadedConfig {
  return load(resolve(path), path, environment, [], null);
}

/** The files above, outermost first, as messages name them. */
type Above = readonly { readonly path: string; readonly shown: string }[];

/** `namedAt`: the file and line that extends this one; null for the one that the user named. */
function load(
  path: string,
  shown: string,
  environment: Environment,
  above: Above,
  namedAt: string | null,
): LoadedConfig {
  const text = readText(path, shown, namedAt);
  const { config, lineOf } =
    namedAt === null
      ? readConfig(text, shown, environment)
      : readBase(text, shown, environment, namedAt);
  const chain = [...above, { path, shown }];
  const bases = [config.extends ?? []].flat().map((base, index) => {
    const at = `${shown}:${lineOf(['extends', index], 'value')}`;
    return loadBase(at, resolve(dirname(path), base), besides(shown, base), environment, chain);
  });
  const defaults = [...bases, config.defaults ?? {}].reduce(mergeDefaults, {});
  return { defaults, targets: config.targets ?? [] };
}

/**
 * Reads a file that another one extends. Where it is no configuration at all, what is in it is nobody's
 * business: who may write a configuration need not be allowed to read every file.
 */
function readBase(text: string, shown: string, environment: Environment, namedAt: string) {
  if (isConfiguration(text, shown)) return readConfig(text, shown, environment);
  throw usageError(
    'bad-config',
    `${namedAt}: extends: ${shown} is no configuration of greyprobe.`,
    `What is wrong in it is told with: greyprobe check --config ${shellWord(shown)}`,
  );
}

/** A map whose keys are those of a configuration, give or take a slip. */
function isConfiguration(text: string, shown: string): boolean {
  const known = Object.keys(ConfigSchema.entries);
  const isKey = (key: string) =>
    key.length <= LONGEST_KEY && known.some((one) => editDistance(key, one) <= MOST_SLIPS);
  try {
    const { value } = readDocument(text, shown);
    return value === null || (typeof value === 'object' && Object.keys(value).every(isKey));
  } catch {
    return false;
  }
}

/** `at`: the file and line that asks for it. */
function loadBase(
  at: string,
  path: string,
  shown: string,
  environment: Environment,
  chain: Above,
): ConfigDefaults {
  const before = chain.findIndex((one) => one.path === path);
  if (before >= 0) {
    const circle = chain.slice(before).map((one) => one.shown);
    const way = [...circle, circle[0]].join(' > ');
    throw usageError('bad-config', `${at}: ${circle[0]} extends itself (${way}).`);
  }
  if (chain.length >= DEEPEST_EXTENDS) {
    throw usageError('bad-config', `${at}: more than ${DEEPEST_EXTENDS} files deep.`);
  }
  return load(path, shown, environment, chain, at).defaults;
}

/** A path that is relative to a file, as one that is relative to where that file is. */
function besides(file: string, path: string): string {
  return isAbsolute(path) ? path : join(dirname(file), path);
}

/** Reads the text of one file. `shown` names it in messages. Exported for tests. */
export function parseConfig(text: string, shown: string, environment: Environment): Config {
  return readConfig(text, shown, environment).config;
}

function readConfig(
  text: string,
  shown: string,
  environment: Environment,
): { readonly config: Config; readonly lineOf: LineOf } {
  const { value, lineOf } = readDocument(text, shown);
  const refuse: Refuse = (path, says, ...next) =>
    usageError('bad-config', `${shown}:${lineOf(path, 'value')}: ${says}`, ...next);
  const put = (text: string, path: Path) => expandedText(text, path, refuse, environment);
  const parsed = v.safeParse(ConfigSchema, expanded(value, [], refuse, put) ?? {});
  if (!parsed.success) throw configError(shown, parsed.issues, lineOf);
  return { config: parsed.output, lineOf };
}

type Path = readonly PropertyKey[];
type Refuse = (path: Path, says: string, ...next: string[]) => GreyprobeError;

/** valibot leaves these out of a record, so that a limit under them would never be judged. */
const DROPPED_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** Variables are put into texts after the file was parsed: their values cannot add structure. */
function expanded(
  value: unknown,
  path: Path,
  refuse: Refuse,
  put: (text: string, path: Path) => string,
): unknown {
  const inside = (item: unknown, key: PropertyKey) => expanded(item, [...path, key], refuse, put);
  if (typeof value === 'string') return put(value, path);
  if (Array.isArray(value)) return value.map(inside);
  if (typeof value !== 'object' || value === null) return value;
  const dropped = Object.keys(value).find((key) => DROPPED_KEYS.has(key));
  if (dropped !== undefined) {
    const where = path.length === 0 ? '' : ` in ${keyName(path)}`;
    throw refuse([...path, dropped], `there is no key '${dropped}'${where}.`);
  }
  const entries: [string, unknown][] = Object.entries(value);
  return Object.fromEntries(entries.map(([key, item]) => [key, inside(item, key)]));
}

function expandedText(value: string, path: Path, refuse: Refuse, environment: Environment): string {
  const { text, missing, malformed } = expandVariables(value, environment);
  const [reference] = malformed;
  if (reference !== undefined) {
    throw refuse(
      path,
      `'${escapeControl(reference.slice(0, 60))}' names no environment variable.`,
      `Write \${NAME} or \${NAME:-otherwise}; $\${ stands for \${ itself.`,
    );
  }
  const [name] = missing;
  if (name === undefined) return text;
  throw refuse(
    path,
    `the environment variable ${name} is not set.`,
    `Set it, or give another value in place: \${${name}:-value}.`,
  );
}

function readText(path: string, shown: string, namedAt: string | null): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readSmallFile(path, LARGEST_BYTES));
  } catch (error) {
    if (namedAt === null) throw cannotRead(shown, error, NAME_ONE);
    const problem = cannotRead(shown, error, 'The path is relative to the file that names it.');
    throw retold(problem, `${namedAt}: extends: ${problem.message}`);
  }
}

const NAME_ONE = 'Name a configuration with --config, or give recipients and --expect-... flags.';

/** Settings over other settings: each that is set replaces, expectations one by one. */
export function mergeDefaults(under: ConfigDefaults, over: ConfigDefaults): ConfigDefaults {
  return { ...under, ...over, expect: mergeExpectations(under.expect, over.expect) };
}

interface Expanded {
  readonly text: string;
  readonly missing: readonly string[];
  readonly malformed: readonly string[];
}

/** `${NAME}`, `${NAME:-otherwise}`; `$${` stands for `${`; any other `${` is a slip. */
const REFERENCE =
  /\$\$\{|\$\{(?<name>[A-Za-z_][A-Za-z0-9_]*)(?::-(?<otherwise>[^}]*))?\}|(?<slip>\$\{[^}]*\}?)/gu;

/**
 * The text with its variables put in, the names of those that are not set, and what begins like a
 * reference and is none. `$`, `{` and `}` may stand in an address: left alone, it would be probed.
 */
function expandVariables(text: string, environment: Environment): Expanded {
  const missing: string[] = [];
  const malformed: string[] = [];
  const expanded = text.replace(REFERENCE, (whole, ...rest: unknown[]) => {
    if (whole === '$${') return '${';
    const groups = rest.at(-1);
    const { name = '', otherwise, slip } = isGroups(groups) ? groups : {};
    if (slip !== undefined) {
      malformed.push(slip);
      return '';
    }
    const value = environment[name];
    if (value !== undefined && value !== '') return value;
    if (otherwise !== undefined) return otherwise;
    missing.push(name);
    return '';
  });
  return { text: expanded, missing, malformed };
}

function isGroups(value: unknown): value is Readonly<Record<string, string | undefined>> {
  return typeof value === 'object' && value !== null;
}
