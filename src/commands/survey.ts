import { Args } from '@oclif/core';
import { surveyFlags } from '../cli/flags/survey-flags.js';
import { BaseCommand } from '../cli/oclif/base-command.js';
import type { SurveyPlan } from '../contract/survey-plan.js';
import type { SurveyResult } from '../contract/survey-result.js';
import { EXIT } from '../model/exit-codes.js';

export default class Survey extends BaseCommand {
  static override summary = 'Measure many mail hosts, each once and with good manners.';

  static override description =
    'Takes a list of recipients: a line each, or CSV with a label behind it. Each mail host is asked ' +
    'once what it does, with two senders in one connection; where that may be greylisting it is ' +
    'measured as probe does. The other domains behind the host get what was found. Rows come as ' +
    'they are known. The same command with the same list goes on where an earlier one was stopped. ' +
    'Only for hosts of your own, of your customers, or of those who agreed.';

  static override exits = [EXIT.inconclusive, EXIT.unreachable, EXIT.interrupted];

  static override examples = [
    "<%= config.bin %> <%= command.id %> list.txt --from '{nonce}@you.example' --contact a@b.example",
    "<%= config.bin %> <%= command.id %> in.csv --from '{nonce}@a.example' --format csv -o rows.csv",
    "<%= config.bin %> <%= command.id %> list.txt --from '{nonce}@you.example' --dry-run",
  ];

  /** Several recipients. */
  static override strict = false;

  static override args = {
    list: Args.string({
      description: "File with recipients, '-' for standard input, or the recipients themselves",
      ignoreStdin: true,
    }),
  };

  static override flags = surveyFlags;

  async run(): Promise<SurveyResult | SurveyPlan> {
    const { argv, flags } = await this.parse(Survey);
    const { surveyFromCommandLine } = await import('../cli/flows/survey.js');
    const { result, exit } = await surveyFromCommandLine(argv.map(String), flags, {
      json: this.jsonEnabled(),
      version: this.config.version,
      writeOut: (text) => process.stdout.write(text),
      writeNote: (text) => this.logToStderr(text),
    });
    this.exitWith(exit);
    return result;
  }
}
