import { Args } from '@oclif/core';
import { observeFlags } from '../cli/flags/observe-flags.js';
import { ReportingCommand } from '../cli/oclif/reporting-command.js';
import type { ObserveResult } from '../contract/observe-result.js';
import { EXIT } from '../model/exit-codes.js';

export default class Observe extends ReportingCommand {
  static override summary = 'Say who greylists your mail, from the logs that you have.';

  static override description =
    'Reads mail logs of months, sends nothing, and says which mail hosts greylist, from which age on ' +
    'they accept a retry, what that costs in waiting, and what to set. Files may be rotated, packed ' +
    'and in any order; folders stand for their files. Ends with 3 when nothing was recognised.';

  static override usage = ['<%= command.id %> [LOG...] [FLAGS]'];

  static override exits = [EXIT.inconclusive, EXIT.interrupted];

  static override examples = [
    '<%= config.bin %> <%= command.id %> /var/log/mail.log*',
    '$ journalctl -u postfix -o short-iso | <%= config.bin %> <%= command.id %> -',
    '<%= config.bin %> <%= command.id %> /var/log/mail.log --host example.org --json',
    '<%= config.bin %> <%= command.id %> /var/log/mail.log* --probe 3',
    '<%= config.bin %> <%= command.id %> mail.log --follow --format prometheus -o mail.prom',
    '<%= config.bin %> <%= command.id %> /var/log/exim4 --set "queue runner interval=10m"',
  ];

  static override strict = false;

  static override args = {
    log: Args.string({
      description: "Logs or folders of logs; '-' or nothing: standard input",
      ignoreStdin: true,
    }),
  };

  static override flags = observeFlags;

  async run(): Promise<ObserveResult> {
    const { argv, flags } = await this.parse(Observe);
    const { observeFromCommandLine } = await import('../cli/flows/observe.js');
    const { result, exit } = await observeFromCommandLine(argv.map(String), flags, {
      json: this.jsonEnabled(),
      stdin: process.stdin,
      version: this.config.version,
      writeOut: this.writeOut,
    });
    this.exitWith(exit);
    return result;
  }
}
