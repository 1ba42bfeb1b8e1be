import {
  type DescribedCommand,
  exampleTexts,
  exitRows,
  flagGroups,
  type ShownFlag,
  shownFlag,
  usageLines,
} from '../../src/cli/oclif/command-help.js';
import { environmentRows, flagVariables } from '../../src/cli/oclif/environment.js';
import { EXIT_MEANINGS } from '../../src/model/exit-codes.js';
import { bold, entry, italic, page, roff, section, subsection, verbatim } from './roff.js';

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
    ...section('ENVIRONMENT', ...environment(environmentRows(commands))),
    ...exitStatus(Object.entries(EXIT_MEANINGS)),
    ...seeAlso([...commands.map((one) => `${pageName(one)}(1)`), CONFIGURATION]),
  );
}

function commandPage(command: DescribedCommand, version: string): string {
  const { summary = '', description } = command;
  return page(
    { name: pageName(command), section: 1, version },
    summary,
    ...section('SYNOPSIS', ...synopsis(command)),
    ...section('DESCRIPTION', roff(description ?? summary)),
    ...section('ARGUMENTS', ...argumentsOf(command)),
    ...section('OPTIONS', ...options(command)),
    ...section('ENVIRONMENT', ...environment(flagVariables([command]))),
    ...exitStatus(exitRows(command)),
    ...section('EXAMPLES', ...examplesOf(command)),
    ...seeAlso(['greyprobe(1)', ...(command.id === 'check' ? [CONFIGURATION] : [])]),
  );
}

function pageName({ id }: DescribedCommand): string {
  return `greyprobe-${id.replaceAll(':', '-')}`;
}

function synopsis(command: DescribedCommand): readonly string[] {
  return verbatim(...usageLines(command));
}

function argumentsOf({ args }: DescribedCommand): readonly string[] {
  return Object.entries(args).flatMap(([name, { description }]) =>
    entry(italic(name.toUpperCase()), description ?? ''),
  );
}

function options(command: DescribedCommand): readonly string[] {
  return [...flagGroups(command)].flatMap(([group, flags]) => {
    const lines = flags.map(shownFlag).flatMap(option);
    return group === '' ? lines : subsection(titleCase(group), ...lines);
  });
}

function option({ char, name, value, says }: ShownFlag): readonly string[] {
  const letter = char === '' ? '' : `${bold(`-${char}`)}, `;
  const given = value === '' ? '' : `=${italic(value.replaceAll(/[<>]/gu, ''))}`;
  return entry(`${letter}${bold(`--${name}`)}${given}`, `${says.join('. ')}.`);
}

function examplesOf(command: DescribedCommand): readonly string[] {
  return exampleTexts(command).flatMap((text) => ['.PP', ...verbatim(...text.split('\n'))]);
}

function environment(
  rows: readonly (readonly [name: string, meaning: string])[],
): readonly string[] {
  return rows.flatMap(([name, meaning]) => entry(bold(name), meaning));
}

function exitStatus(
  rows: readonly (readonly [code: string, meaning: string])[],
): readonly string[] {
  return section('EXIT STATUS', ...rows.flatMap(([code, meaning]) => entry(bold(code), meaning)));
}

function seeAlso(pages: readonly string[]): readonly string[] {
  return section('SEE ALSO', pages.map((one) => one.replace(/^[^(]+/u, bold)).join(', '));
}

function titleCase(name: string): string {
  return `${name.charAt(0)}${name.slice(1).toLowerCase()} flags`;
}
