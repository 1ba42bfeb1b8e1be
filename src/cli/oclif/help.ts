import { type Command, CommandHelp, Help } from '@oclif/core';
import { EXIT_MEANINGS } from '../../model/exit-codes.js';

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
class PlainCommandHelp extends CommandHelp {
  protected override defaultUsage(): string {
    const { args, flags, id, strict } = this.command;
    const named = Object.values(args ?? {}).map((arg) => {
      const dots = arg.multiple === true || strict === false ? '...' : '';
      const name = `${arg.name.toUpperCase()}${dots}`;
      return arg.required === true ? name : `[${name}]`;
    });
    const required = Object.values(flags ?? {})
      .filter((flag) => flag.required === true)
      .map((flag) => `--${flag.name}${flag.type === 'option' ? ` ${flag.helpValue ?? ''}` : ''}`);
    return [id, ...named, ...required, '[FLAGS]'].join(' ');
  }

  protected override groupFlags(flags: Command.Flag.Any[]) {
    const { flagGroups, mainFlags } = super.groupFlags(flags);
    const rank = (name: string) => {
      const at = GROUPS.indexOf(name);
      return at < 0 ? GROUPS.length : at;
    };
    const ordered = Object.entries(flagGroups).sort(([a], [b]) => rank(a) - rank(b));
    return { flagGroups: Object.fromEntries(ordered), mainFlags };
  }

  protected override flags(flags: Command.Flag.Any[]): [string, string | undefined][] | undefined {
    return super.flags(flags.map(readable));
  }
}

function readable(flag: Command.Flag.Any): Command.Flag.Any {
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

/** Help as oclif writes it, with the exit codes at the end: one table for code, help and docs. */
export default class HelpWithExitCodes extends Help {
  protected override CommandHelpClass = PlainCommandHelp;

  override async showRootHelp(): Promise<void> {
    await super.showRootHelp();
    this.log(this.#exitCodes());
  }

  override async showCommandHelp(command: Command.Loadable): Promise<void> {
    await super.showCommandHelp(command);
    this.log(this.#exitCodes());
  }

  #exitCodes(): string {
    const rows = Object.entries(EXIT_MEANINGS).map(([code, meaning]): [string, string] => [
      code,
      meaning,
    ]);
    return `${this.section('EXIT CODES', rows)}\n`;
  }
}
