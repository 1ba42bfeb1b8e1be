import { Args, Flags } from '@oclif/core';
import { stateDirFlag } from '../cli/flags/flags.js';
import { formatFlags } from '../cli/flags/output-flags.js';
import { BaseCommand } from '../cli/oclif/base-command.js';
import { writeStandardOutput } from '../cli/terminal/output-streams.js';
import type { HistoryResult } from '../contract/history-result.js';

const HISTORY_FORMATS = ['text', 'json', 'html'] as const;

export default class History extends BaseCommand {
  static override summary = 'Show what earlier runs of a target found, and when that changed.';

  static override description =
    'Takes the finished runs that are kept of a recipient, or of all recipients of a domain, and says ' +
    'since when each mail host does what it does. Runs that were throttled, out of reach or ' +
    'inconclusive are listed, and say nothing of a change. No connection is made.';

  static override examples = [
    '<%= config.bin %> <%= command.id %> user@example.org',
    '<%= config.bin %> <%= command.id %> example.org --since 90d',
    '<%= config.bin %> <%= command.id %> user@example.org -o history.html',
    '<%= config.bin %> <%= command.id %> user@example.org --limit 10 --json',
  ];

  static override args = {
    target: Args.string({
      description: 'Recipient, or domain of recipients, of the runs',
      required: true,
      ignoreStdin: true,
    }),
  };

  static override flags = {
    since: Flags.string({
      description: 'Only runs begun within this time, such as 90d',
      helpValue: '<duration>',
    }),
    limit: Flags.integer({ description: 'No more than so many, the newest', min: 1 }),
    ...formatFlags(HISTORY_FORMATS),
    'state-dir': stateDirFlag,
  };

  async run(): Promise<HistoryResult> {
    const { args, flags } = await this.parse(History);
    const { historyFromCommandLine } = await import('../cli/flows/history.js');
    return historyFromCommandLine(args.target, flags, {
      json: this.jsonEnabled(),
      writeOut: writeStandardOutput,
    });
  }
}
