import { Args, Flags } from '@oclif/core';
import { stateDirFlag } from '../cli/flags/flags.js';
import { BaseCommand } from '../cli/oclif/base-command.js';
import type { HistoryResult } from '../contract/history-result.js';

export default class History extends BaseCommand {
  static override summary = 'Show what earlier runs of a target found, and when that changed.';

  static override description =
    'Takes the finished runs that are kept of a recipient, or of all recipients of a domain, and says ' +
    'since when each mail host does what it does. Runs that were throttled, out of reach or ' +
    'inconclusive are listed, and say nothing of a change. No connection is made.';

  static override examples = [
    '<%= config.bin %> <%= command.id %> user@example.org',
    '<%= config.bin %> <%= command.id %> example.org --since 90d',
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
    'state-dir': stateDirFlag,
  };

  async run(): Promise<HistoryResult> {
    const { args, flags } = await this.parse(History);
    const { parseDuration } = await import('../model/values/duration.js');
    const { ofFlag } = await import('../model/values/flag-value.js');
    const { historyOf } = await import('../tasks/history/history.js');
    const { since, limit = null } = flags;
    const age = since === undefined ? null : ofFlag('--since', () => parseDuration(since));
    const sinceWallMs = age === null ? null : Date.now() - age * 1000;
    return this.show(
      historyOf(flags['state-dir'], args.target, { sinceWallMs, limit }),
      async () => (await import('../report/text/history-text.js')).renderHistory,
    );
  }
}
