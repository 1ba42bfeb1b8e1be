import type { Command } from '@oclif/core';

/** A flag, as far as a shell wants to know. */
export interface CompletedFlag {
  readonly name: string;
  readonly char: string | null;
  /** One line. */
  readonly description: string;
  readonly value: 'none' | 'word' | 'file' | 'folder';
  /** What the value may be; empty: anything. */
  readonly choices: readonly string[];
  readonly repeats: boolean;
}

export interface CompletedCommand {
  /** The words of the command: `mx`, `runs show`. */
  readonly id: string;
  readonly summary: string;
  readonly flags: readonly CompletedFlag[];
  /** Its arguments may be files. */
  readonly takesFiles: boolean;
}

const GLOBAL: CompletedFlag = {
  name: 'help',
  char: null,
  description: 'Show help',
  value: 'none',
  choices: [],
  repeats: false,
};

/** What oclif knows of a command, loaded or from its manifest. */
export type KnownCommand = Pick<Command.Loadable, 'id' | 'flags' | 'args'> &
  Partial<Pick<Command.Loadable, 'summary' | 'hidden'>>;

/** The commands of the program, by their words. */
export function completedCommands(commands: readonly KnownCommand[]): readonly CompletedCommand[] {
  return commands
    .filter(({ hidden }) => hidden !== true)
    .map(({ id, summary, flags, args }) => ({
      id: id.replaceAll(':', ' '),
      summary: firstLine(summary ?? ''),
      flags: [...Object.entries(flags).map(([name, flag]) => completedFlag(name, flag)), GLOBAL],
      takesFiles: Object.values(args).some(({ description }) => /\bfile/iu.test(description ?? '')),
    }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** The words that may follow the words of a command, each once: `runs` is followed by `show`. */
export function wordsAfter(
  commands: readonly CompletedCommand[],
  id: string,
): readonly { readonly word: string; readonly summary: string }[] {
  const start = id === '' ? '' : `${id} `;
  return commands
    .filter((one) => one.id.startsWith(start) && one.id !== id)
    .map((one) => ({ word: one.id.slice(start.length), summary: one.summary }))
    .filter(({ word }) => !word.includes(' '));
}

type Flag = KnownCommand['flags'][string];

function completedFlag(name: string, flag: Flag): CompletedFlag {
  const takesValue = flag.type === 'option';
  return {
    name,
    char: flag.char ?? null,
    description: firstLine(flag.summary ?? flag.description ?? ''),
    value: takesValue ? valueKind(String(flag.helpValue ?? '')) : 'none',
    choices: takesValue ? (flag.options ?? []) : [],
    repeats: takesValue && flag.multiple === true,
  };
}

function valueKind(helpValue: string): CompletedFlag['value'] {
  if (helpValue.includes('file')) return 'file';
  return helpValue.includes('folder') ? 'folder' : 'word';
}

function firstLine(text: string): string {
  return text.split('\n')[0]?.trim() ?? '';
}
