import type { Command } from '@oclif/core';
import { rankOfGroup, readableFlag, usageOf } from '../../src/cli/oclif/command-help.js';
import { EXIT_MEANINGS } from '../../src/model/exit-codes.js';
import { bold, entry, italic, page, roff, section, subsection, verbatim } from './roff.js';

/** What oclif knows of a command, loaded or from its manifest. */
export type DescribedCommand = Pick<Command.Loadable, 'id' | 'flags' | 'args'> &
  Partial<
    Pick<Command.Loadable, 'summary' | 'description' | 'examples' | 'usage' | 'strict' | 'hidden'>
  >;

export interface Program {
  readonly version: string;
  readonly description: string;
  readonly commands: readonly DescribedCommand[];
}

const CONFIGURATION = 'greyprobe.yaml(5)';

/** The pages of section 1 by their file names: `greyprobe.1`, and one for each command. */
export function commandPages(program: Program): ReadonlyMap<string, string> {
  const commands = program.commands
    .filter(({ hidden }) => hidden !== true)
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  return new Map([
    ['greyprobe.1', programPage({ ...program, commands })],
    ...commands.map((one): [string, string] => [
      `${pageName(one)}.1`,
      commandPage(one, program.version),
    ]),
  ]);
}

function programPage({ version, description, commands }: Program): string {
  return page(
    { name: 'greyprobe', section: 1, version },
    description,
    ...section('SYNOPSIS', `${bold('greyprobe')} ${italic('command')} [${italic('flags')}]`),
    ...section('DESCRIPTION', roff(description)),
    ...section(
      'COMMANDS',
      ...commands.flatMap((one) => entry(`${bold(pageName(one))}(1)`, one.summary ?? '')),
    ),
    ...section('ENVIRONMENT', ...environment(commands)),
    ...exitStatus(),
    ...seeAlso([...commands.map((one) => `${pageName(one)}(1)`), CONFIGURATION]),
  );
}

function commandPage(command: DescribedCommand, version: string): string {
  const { summary = '', description, examples = [] } = command;
  return page(
    { name: pageName(command), section: 1, version },
    summary,
    ...section('SYNOPSIS', ...synopsis(command)),
    ...section('DESCRIPTION', roff(description ?? summary)),
    ...section('ARGUMENTS', ...argumentsOf(command)),
    ...section('OPTIONS', ...options(command)),
    ...section('ENVIRONMENT', ...environment([command])),
    ...exitStatus(),
    ...section('EXAMPLES', ...examples.flatMap((one) => example(one, command))),
    ...seeAlso(['greyprobe(1)', ...(command.id === 'check' ? [CONFIGURATION] : [])]),
  );
}

function pageName({ id }: DescribedCommand): string {
  return `greyprobe-${id.replaceAll(':', '-')}`;
}

function synopsis(command: DescribedCommand): readonly string[] {
  const { usage = usageOf({ strict: true, ...command }) } = command;
  const lines = [usage].flat().map((line) => `greyprobe ${filledIn(line, command)}`);
  return verbatim(...lines);
}

function argumentsOf({ args }: DescribedCommand): readonly string[] {
  return Object.entries(args).flatMap(([name, { description }]) =>
    entry(italic(name.toUpperCase()), description ?? ''),
  );
}

function options({ flags }: DescribedCommand): readonly string[] {
  const groups = new Map<string, string[]>();
  for (const [name, flag] of Object.entries(flags)) {
    if (flag.hidden === true) continue;
    const group = flag.helpGroup ?? '';
    groups.set(group, [...(groups.get(group) ?? []), ...option(name, flag)]);
  }
  return [...groups]
    .sort(([a], [b]) => rank(a) - rank(b))
    .flatMap(([name, lines]) => (name === '' ? lines : subsection(titleCase(name), ...lines)));
}

function option(name: string, given: Command.Flag.Any): readonly string[] {
  const flag = readableFlag(given);
  const char = flag.char === undefined ? '' : `${bold(`-${flag.char}`)}, `;
  const long = bold(
    flag.type === 'boolean' && flag.allowNo === true ? `--[no-]${name}` : `--${name}`,
  );
  const says = flag.summary ?? flag.description ?? '';
  if (flag.type === 'boolean') return entry(`${char}${long}`, `${says}.`);
  const value = (flag.helpValue ?? '<value>').toString().replaceAll(/[<>]/gu, '');
  const sentences = [
    says,
    flag.default === undefined ? '' : `Default: ${String(flag.default)}`,
    flag.env === undefined ? '' : `Environment: ${flag.env}`,
  ].filter((sentence) => sentence !== '');
  return entry(`${char}${long}=${italic(value)}`, `${sentences.join('. ')}.`);
}

function environment(commands: readonly DescribedCommand[]): readonly string[] {
  const read = new Map<string, string>();
  for (const [flagName, flag] of commands.flatMap(({ flags }) => Object.entries(flags))) {
    if (flag.type === 'option' && flag.env !== undefined) {
      read.set(flag.env, `Stands for --${flagName} where that is not given.`);
    }
  }
  return [...read].sort().flatMap(([name, meaning]) => entry(bold(name), meaning));
}

function exitStatus(): readonly string[] {
  return section(
    'EXIT STATUS',
    ...Object.entries(EXIT_MEANINGS).flatMap(([code, meaning]) => entry(bold(code), meaning)),
  );
}

function example(given: Command.Example, command: DescribedCommand): readonly string[] {
  const [description, text] =
    typeof given === 'string' ? ['', given] : [given.description, given.command];
  const lines = filledIn(text, command).split('\n');
  return ['.PP', ...(description === '' ? [] : [roff(description)]), ...verbatim(...lines)];
}

/** `id` is `runs:show`; people write `runs show`. */
function filledIn(template: string, { id }: DescribedCommand): string {
  const words = id.replaceAll(':', ' ');
  return template
    .replaceAll('<%= config.bin %>', 'greyprobe')
    .replaceAll('<%= command.id %>', words)
    .replace(new RegExp(`^${id}\\b`, 'u'), words);
}

function seeAlso(pages: readonly string[]): readonly string[] {
  return section('SEE ALSO', pages.map((one) => one.replace(/^[^(]+/u, bold)).join(', '));
}

/** Those of no group come first: a heading would take them in. */
function rank(group: string): number {
  return group === '' ? -1 : rankOfGroup(group);
}

function titleCase(name: string): string {
  return `${name.charAt(0)}${name.slice(1).toLowerCase()} flags`;
}
