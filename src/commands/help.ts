import { Args } from '@oclif/core';
import { BaseCommand } from '../cli/oclif/base-command.js';

export default class Help extends BaseCommand {
  static override summary = 'Show help on a command or a subject.';

  static override description =
    'All of a command, as its flag --help does; -h behind a command shows the half of it. Subjects: ' +
    'exit-codes, formatting, environment.';

  static override examples = [
    '<%= config.bin %> <%= command.id %> probe',
    '<%= config.bin %> <%= command.id %> runs show',
    '<%= config.bin %> <%= command.id %> exit-codes',
  ];

  static override enableJsonFlag = false;

  /** The words of a command. */
  static override strict = false;

  static override args = {
    words: Args.string({ description: 'A command or a subject; nothing: all', ignoreStdin: true }),
  };

  async run(): Promise<void> {
    const { argv } = await this.parse(Help);
    const { default: PlainHelp } = await import('../cli/oclif/help.js');
    await new PlainHelp(this.config).showHelp(['help', ...argv.map(String)]);
  }
}
