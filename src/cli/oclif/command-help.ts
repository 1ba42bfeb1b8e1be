import type { Command } from '@oclif/core';
import * as v from 'valibot';
import { EXIT, EXIT_MEANINGS, type ExitCode } from '../../model/exit-codes.js';

/*
 * What help and manual pages show of a command, from what oclif knows of it: loaded, or from its manifest.
 */

export type DescribedCommand = Pick<Command.Loadable, 'id' | 'flags' | 'args'> &
  Partial<
    Pick<Command.Loadable, 'summary' | 'description' | 'examples' | 'usage' | 'strict' | 'hidden'>
  > & { readonly exits?: unknown };

/** Who speaks, to whom, when, what is shown: in the order in which a run is put together. */
const GROUPS: readonly string[] = [
  'EXPECTATION',
  'SENDER',
  'HOST',
  'PLAN',
  'SERVER',
  'OUTPUT',
  'GLOBAL',
];

/** `runs:show` as it is typed: `runs show`. */
export function typedId({ id }: Pick<DescribedCommand, 'id'>): string {
  return id.replaceAll(':', ' ');
}

/** Lines of usage: those that the command gives, else `probe [RECIPIENT] [FLAGS]`. */
export function usageLines(command: DescribedCommand): readonly string[] {
  const { usage = usageOf(command) } = command;
  return [usage].flat().map((line) => `greyprobe ${filledIn(line, command)}`);
}

function usageOf({ args, flags, strict, ...command }: DescribedCommand): string {
  const named = Object.entries(args).map(([word, arg]) => {
    const dots = arg.multiple === true || strict === false ? '...' : '';
    const name = `${word.toUpperCase()}${dots}`;
    return arg.required === true ? name : `[${name}]`;
  });
  const required = Object.entries(flags)
    .filter(([, flag]) => flag.required === true)
    .map(([name, flag]) => `--${name}${flag.type === 'option' ? ` ${flag.helpValue ?? ''}` : ''}`);
  return [typedId(command), ...named, ...required, '[FLAGS]'].join(' ');
}

/** Each example as it is typed. */
export function exampleTexts(command: DescribedCommand): readonly string[] {
  const { examples = [] } = command;
  return examples.map((one) => filledIn(typeof one === 'string' ? one : one.command, command));
}

function filledIn(template: string, command: DescribedCommand): string {
  return template
    .replaceAll('<%= config.bin %>', 'greyprobe')
    .replaceAll('<%= command.id %>', typedId(command));
}

/** The flags that are shown, by group; those of no group first: a heading would take them in. */
export function flagGroups({
  flags,
}: DescribedCommand): ReadonlyMap<string, readonly Command.Flag.Any[]> {
  const groups = new Map<string, Command.Flag.Any[]>();
  for (const [name, flag] of Object.entries(flags)) {
    if (flag.hidden === true) continue;
    const group = flag.helpGroup ?? '';
    groups.set(group, [...(groups.get(group) ?? []), { ...flag, name }]);
  }
  return new Map([...groups].sort(([a], [b]) => rankOfGroup(a) - rankOfGroup(b)));
}

function rankOfGroup(name: string): number {
  const at = GROUPS.indexOf(name);
  return name === '' || at >= 0 ? at : GROUPS.length;
}

/** `-o, --output=<file>`: `value` is empty where the flag takes none. */
export interface ShownFlag {
  readonly char: string;
  readonly name: string;
  readonly value: string;
  /** Sentences: what it does, its choices, its default, its variable. */
  readonly says: readonly string[];
}

export function shownFlag(flag: Command.Flag.Any): ShownFlag {
  const { name, char = '' } = flag;
  const described = flag.summary ?? flag.description ?? '';
  if (flag.type === 'boolean') {
    // What oclif calls it says nothing of results.
    const says = [name === 'json' ? 'Print the result as JSON' : described];
    return { char, name: flag.allowNo === true ? `[no-]${name}` : name, value: '', says };
  }
  const { options, helpValue, env } = flag;
  const holds = defaultOf(flag);
  return {
    char,
    name,
    value: helpValue === undefined ? '<value>' : String(helpValue),
    says: [
      described,
      ...(options === undefined || helpValue !== undefined ? [] : [`One of ${options.join(', ')}`]),
      ...(holds === null ? [] : [`Default: ${holds}`]),
      ...(env === undefined ? [] : [`Environment: ${env}`]),
    ],
  };
}

/** A flag that may be given again has an empty list for a default, which says nothing. */
function defaultOf(flag: { readonly default?: unknown }): string | null {
  const isNone = flag.default === undefined || [flag.default].flat().length === 0;
  return isNone ? null : String(flag.default);
}

/** What every command may end with. */
const COMMON_EXITS: readonly ExitCode[] = [EXIT.ok, EXIT.usage, EXIT.fault, EXIT.machineLimit];

const ExitsSchema = v.array(v.number());

/** The codes that a command may end with, and what they mean, ascending. */
export function exitRows({ exits }: Pick<DescribedCommand, 'exits'>): [string, string][] {
  const parsed = v.safeParse(ExitsSchema, exits);
  const own: readonly number[] = parsed.success ? parsed.output : [];
  const codes = new Set([...COMMON_EXITS, ...own].map(String));
  return Object.entries(EXIT_MEANINGS).filter(([code]) => codes.has(code));
}
