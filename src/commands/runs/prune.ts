import { Flags } from '@oclif/core';
import { stateDirFlag } from '../../cli/flags/flags.js';
import { BaseCommand } from '../../cli/oclif/base-command.js';
import type { PruneResult } from '../../contract/run-list.js';

export default class RunsPrune extends BaseCommand {
  static override summary = 'Remove runs that ended long ago.';

  static override description =
    'Removes the journals of finished runs whose last event is older than the age given. Runs that ' +
    'could be resumed, and files that cannot be read, are kept unless --all is given. A run that a ' +
    'process drives is never removed.';

  static override examples = [
    '<%= config.bin %> <%= command.id %> --older-than 90d --dry-run',
    '<%= config.bin %> <%= command.id %> --older-than 90d',
    '<%= config.bin %> <%= command.id %> --older-than 30d --all',
  ];

  static override flags = {
    'older-than': Flags.string({
      description: 'Age of the last event from which a run is removed, such as 90d',
      required: true,
      helpValue: '<duration>',
    }),
    all: Flags.boolean({
      default: false,
      description: 'Also runs that could be resumed or cannot be read',
    }),
    'dry-run': Flags.boolean({ default: false, description: 'Only show what would be removed' }),
    'state-dir': stateDirFlag,
  };

  async run(): Promise<PruneResult> {
    const { flags } = await this.parse(RunsPrune);
    const { parseDuration } = await import('../../model/values/duration.js');
    const { ofFlag } = await import('../../model/values/flag-value.js');
    const { pruneRuns } = await import('../../tasks/runs/prune.js');
    const result = pruneRuns(flags['state-dir'], {
      olderThanSeconds: ofFlag('--older-than', () => parseDuration(flags['older-than'])),
      all: flags.all,
      dryRun: flags['dry-run'],
      nowWallMs: Date.now(),
    });
    return this.show(
      result,
      async () => (await import('../../report/text/runs-table.js')).renderPrune,
    );
  }
}
