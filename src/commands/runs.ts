import { Flags } from '@oclif/core';
import { stateDirFlag } from '../cli/flags/flags.js';
import { BaseCommand } from '../cli/oclif/base-command.js';
import type { RunList } from '../contract/run-list.js';

export default class Runs extends BaseCommand {
  static override summary = 'List the runs that are kept, newest first.';

  static override description =
    'Every run is kept event by event, so that it can be resumed, shown again and reported. Shows ' +
    'the target of each, how it stands, when its next connection is due, and the verdict so far.';

  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --target example.org --since 7d --limit 5',
    '<%= config.bin %> <%= command.id %> --json',
  ];

  static override flags = {
    target: Flags.string({
      description: 'Only runs whose recipient holds this text',
      helpValue: '<text>',
    }),
    since: Flags.string({
      description: 'Only runs begun within this time, such as 7d',
      helpValue: '<duration>',
    }),
    limit: Flags.integer({ description: 'No more than so many, the newest', min: 1 }),
    'state-dir': stateDirFlag,
  };

  async run(): Promise<RunList> {
    const { flags } = await this.parse(Runs);
    const { parseDuration } = await import('../model/values/duration.js');
    const { ofFlag } = await import('../model/values/flag-value.js');
    const { listRuns } = await import('../tasks/runs/list.js');
    const { since } = flags;
    const age = since === undefined ? null : ofFlag('--since', () => parseDuration(since));
    const list = listRuns(flags['state-dir'], {
      target: flags.target ?? null,
      sinceWallMs: age === null ? null : Date.now() - age * 1000,
      limit: flags.limit ?? null,
    });
    return this.show(list, async () => {
      const { renderRuns } = await import('../report/text/runs-table.js');
      const { fullWidth } = await import('../cli/terminal/terminal-style.js');
      return (shown, style) => renderRuns(shown, Date.now(), fullWidth(style));
    });
  }
}
