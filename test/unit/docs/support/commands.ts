import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Command, Parser } from '@oclif/core';

const FOLDER = new URL('../../../../src/commands/', import.meta.url);

/** All commands by id, as they are typed: `runs show`. */
export async function loadCommands(): Promise<ReadonlyMap<string, Command.Class>> {
  const files = readdirSync(fileURLToPath(FOLDER), { recursive: true, encoding: 'utf8' });
  const commands = await Promise.all(
    files
      .filter((file) => file.endsWith('.ts'))
      .map(async (file): Promise<[string, Command.Class]> => {
        const module: { default: Command.Class } = await import(new URL(file, FOLDER).href);
        return [file.slice(0, -3).replaceAll(/[/\\]/gu, ' '), module.default];
      }),
  );
  return new Map(commands);
}

/** Why the parser would refuse these words, or null. */
export async function refusal(
  words: readonly string[],
  commands: ReadonlyMap<string, Command.Class>,
): Promise<string | null> {
  const [first = '', second = ''] = words;
  if (GLOBAL.has(first)) return null;
  const id = commands.has(`${first} ${second}`) ? `${first} ${second}` : first;
  const command = commands.get(id);
  if (command === undefined) return `there is no command '${first}'`;
  const given = words.slice(id.split(' ').length);
  const known = { ...command.baseFlags, ...command.flags };
  // An abbreviated line shows flags, not a whole call.
  if (given.includes('...')) return unknownFlag(given, Object.keys(known));
  try {
    await Parser.parse(
      given.filter((word) => !EVERYWHERE.has(word)),
      { args: command.args, flags: known, strict: command.strict, '--': true },
    );
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const GLOBAL: ReadonlySet<string> = new Set(['--help', '--version', 'help']);
/** Flags that oclif adds to each command. */
const EVERYWHERE: ReadonlySet<string> = new Set(['--json', '--help']);

function unknownFlag(given: readonly string[], known: readonly string[]): string | null {
  const unknown = given
    .filter((word) => word.startsWith('--') && !EVERYWHERE.has(word))
    .find((word) => !known.includes(word.slice(2).split('=')[0] ?? ''));
  return unknown === undefined ? null : `there is no flag ${unknown}`;
}
