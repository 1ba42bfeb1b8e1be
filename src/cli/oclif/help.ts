import { type Command, Help } from '@oclif/core';
import { EXIT_MEANINGS } from '../../model/exit-codes.js';
import { PlainCommandHelp } from './command-help.js';

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
