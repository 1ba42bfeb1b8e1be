import { type Command, CommandHelp } from '@oclif/core';

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

/**
 * Help of one command, as oclif writes it but for this: the usage is a line and not a grammar of
 * forty flags, which oclif gets wrong; groups of flags stand in one order everywhere; and choices are
 * wrapped between words, so that they can be read and copied.
 */
export class PlainCommandHelp extends CommandHelp {
  protected override defaultUsage(): string {
    return usageOf(this.command);
  }

  protected override groupFlags(flags: Command.Flag.Any[]) {
    const { flagGroups, mainFlags } = super.groupFlags(flags);
    const ordered = Object.entries(flagGroups).sort(([a], [b]) => rankOfGroup(a) - rankOfGroup(b));
    return { flagGroups: Object.fromEntries(ordered), mainFlags };
  }

  protected override flags(flags: Command.Flag.Any[]): [string, string | undefined][] | undefined {
    return super.flags(flags.map(readableFlag));
  }
}

/** The usage of a command that gives none itself: `probe [RECIPIENT] [FLAGS]`. */
export function usageOf({
  args,
  flags,
  id,
  strict,
}: Pick<Command.Loadable, 'args' | 'flags' | 'id' | 'strict'>): string {
  const named = Object.entries(args ?? {}).map(([word, arg]) => {
    const dots = arg.multiple === true || strict === false ? '...' : '';
    const name = `${word.toUpperCase()}${dots}`;
    return arg.required === true ? name : `[${name}]`;
  });
  const required = Object.entries(flags ?? {})
    .filter(([, flag]) => flag.required === true)
    .map(([name, flag]) => `--${name}${flag.type === 'option' ? ` ${flag.helpValue ?? ''}` : ''}`);
  return [id, ...named, ...required, '[FLAGS]'].join(' ');
}

/** Where a group of flags stands among the others. */
export function rankOfGroup(name: string): number {
  const at = GROUPS.indexOf(name);
  return at < 0 ? GROUPS.length : at;
}

/** A flag as the help shows it. */
export function readableFlag(flag: Command.Flag.Any): Command.Flag.Any {
  if (flag.type === 'boolean') {
    return flag.name === 'json' ? { ...flag, description: 'Print the result as JSON' } : flag;
  }
  const { options, helpValue } = flag;
  const shown = hasNoDefault(flag) ? { ...flag, default: undefined } : flag;
  if (options === undefined || helpValue !== undefined) return shown;
  const choices = options.join(', ');
  return {
    ...shown,
    helpValue: '<option>',
    description: `${flag.description ?? ''}. One of ${choices}`,
  };
}

/** A flag that may be given again has an empty list for a default, which says nothing. */
function hasNoDefault(flag: { readonly default?: unknown }): boolean {
  return Array.isArray(flag.default) && flag.default.length === 0;
}
