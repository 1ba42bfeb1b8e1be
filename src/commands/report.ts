import { Args, Flags } from '@oclif/core';
import { stateDirFlag } from '../cli/flags/flags.js';
import { onlyFlag, outputFlags } from '../cli/flags/output-flags.js';
import type { ReportJson } from '../cli/flows/report.js';
import { ReportingCommand } from '../cli/oclif/reporting-command.js';
import { EXIT } from '../model/exit-codes.js';

export default class Report extends ReportingCommand {
  static override summary = 'Show a run or a result again, in any format, without any connection.';

  static override description =
    'Takes a run that is kept, a journal, or a file that --json, --format json or --format ndjson ' +
    'wrote, also by an older greyprobe.';

  static override exits = [EXIT.inconclusive];

  static override examples = [
    '<%= config.bin %> <%= command.id %> qzkw',
    '<%= config.bin %> <%= command.id %> result.json --format markdown',
    '<%= config.bin %> <%= command.id %> result.json --format csv --output attempts.csv',
    '<%= config.bin %> <%= command.id %> check.json --max-age 26h --format nagios',
  ];

  static override args = {
    source: Args.string({
      description: "A run, by its id, its word or 'last'; a file; or '-' for standard input",
      required: true,
      ignoreStdin: true,
    }),
  };

  static override flags = {
    ...outputFlags,
    only: onlyFlag,
    'max-age': Flags.string({
      description: 'Refuse an older result, with exit code 3',
      helpValue: '<duration>',
    }),
    'state-dir': stateDirFlag,
  };

  async run(): Promise<ReportJson> {
    const { args, flags } = await this.parse(Report);
    const { reportFromCommandLine } = await import('../cli/flows/report.js');
    const { value, exit } = await reportFromCommandLine(args.source, flags, {
      json: this.jsonEnabled(),
      writeOut: this.writeOut,
    });
    this.exitWith(exit);
    return value;
  }
}
