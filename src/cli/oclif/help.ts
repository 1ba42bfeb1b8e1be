import { type Command, HelpBase } from '@oclif/core';
import { writeText } from '../terminal/output-streams.js';
import { describeProblem, showProblem } from '../terminal/problem.js';
import { terminalStyle } from '../terminal/terminal-style.js';
import {
  longHelp,
  longRootHelp,
  type Program,
  SUBJECT_NAMES,
  shortHelp,
  shortRootHelp,
  subjectHelp,
} from './help-pages.js';
import { unknownCommand } from './unknown-command.js';

/**
 * Help of the program, its commands and some subjects: all of it for `--help` and `greyprobe help COMMAND`, what
 * fits on half a screen for `-h` and for `greyprobe` alone.
 */
export default class PlainHelp extends HelpBase {
  /** `words`: the command line, with the word `help` or the flag that asked for it. */
  override async showHelp(words: string[]): Promise<void> {
    const isLong = words.includes('--help') || words[0] === 'help';
    const named = words.filter((word) => !word.startsWith('-') && word !== 'help');
    if (named.length === 0) return this.#show(this.#root(isLong && !words.includes('-h')));
    const subject = named.length > 1 ? null : subjectHelp(named[0] ?? '', this.#program, STYLE);
    const command = this.#commandNamed(named);
    if (command !== null) return this.#showCommand(command, isLong && !words.includes('-h'));
    if (subject !== null) return this.#show(subject);
    this.#refuse(named.join(' '));
  }

  override async showCommandHelp(command: Command.Loadable): Promise<void> {
    this.#showCommand(command, true);
  }

  get #program(): Program {
    return {
      description: this.config.pjson.oclif.description ?? '',
      version: this.config.userAgent,
      commands: this.#commands,
    };
  }

  get #commands(): readonly Command.Loadable[] {
    return this.config.commands
      .filter(({ hidden }) => !hidden)
      .sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  #root(isLong: boolean): string {
    return (isLong ? longRootHelp : shortRootHelp)(this.#program, STYLE);
  }

  /** By as many of the words as name one: behind them stand its arguments. */
  #commandNamed(words: readonly string[]): Command.Loadable | null {
    for (let count = words.length; count > 0; count -= 1) {
      const id = words.slice(0, count).join(':');
      const found = this.#commands.find((one) => one.id === id);
      if (found !== undefined) return found;
    }
    return null;
  }

  #showCommand(command: Command.Loadable, isLong: boolean): void {
    const below = this.#commands.filter(({ id }) => id.startsWith(`${command.id}:`));
    this.#show(isLong ? longHelp(command, below, STYLE) : shortHelp(command, STYLE));
  }

  #refuse(typed: string): void {
    const names = this.#commands.map(({ id }) => id.replaceAll(':', ' '));
    const problem = describeProblem(unknownCommand(typed, [...names, ...SUBJECT_NAMES]));
    process.exitCode = problem.exit;
    showProblem(problem, false);
  }

  #show(text: string): void {
    writeText(text);
  }
}

const STYLE = terminalStyle;
