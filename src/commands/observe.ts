import { Args, Flags } from '@oclif/core';
import { outputFlags } from '../cli/flags/output-flags.js';
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

  static override exits = [EXIT.inconclusive];

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

  static override flags = {
    since: Flags.string({
      description: 'Only what was logged from then on, by the time of the log',
      helpValue: '2026-01-31[T12:00]',
    }),
    until: Flags.string({
      description: 'Only what was logged before then',
      helpValue: '2026-02-28[T12:00]',
    }),
    host: Flags.string({
      description: 'Only mail hosts of this name, domain or address',
      helpValue: '<host>',
    }),
    top: Flags.integer({ description: 'Rows in each list', default: 20, min: 1, max: 100_000 }),
    for: Flags.string({
      description: 'The sender whose settings are compared; default: who wrote the log',
      helpValue: '<sender>',
    }),
    set: Flags.string({
      description: 'A setting that the sender has, as name=value; may be given again',
      multiple: true,
      multipleNonGreedy: true,
      default: [],
      helpValue: '<name=value>',
    }),
    anonymise: Flags.boolean({
      description: 'Show no address of a person; names of hosts stay',
      default: false,
    }),
    probe: Flags.integer({
      description: 'Go on and probe so many of the hosts that the log does not decide; asks first',
      helpValue: '<count>',
      min: 1,
      max: 50,
      exclusive: ['follow', 'anonymise'],
    }),
    follow: Flags.boolean({
      description: 'Read on as the last log grows; files of --output are written every minute',
      default: false,
    }),
    ...outputFlags,
  };

  async run(): Promise<ObserveResult> {
    const { argv, flags } = await this.parse(Observe);
    const { observeFromCommandLine } = await import('../cli/flows/observe.js');
    const result = await observeFromCommandLine(argv.map(String), flags, {
      json: this.jsonEnabled(),
      stdin: process.stdin,
      version: this.config.version,
      writeOut: this.writeOut,
    });
    if (result.sent === null && result.received === null) this.exitWith(EXIT.inconclusive);
    return result;
  }
}
