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
    '<%= config.bin %> <%= command.id %> --json',
  ];

  static override flags = { 'state-dir': stateDirFlag };

  async run(): Promise<RunList> {
    const { flags } = await this.parse(Runs);
    const { systemRunsFolder } = await import('../edges/journal/state-folder.js');
    const { listRuns } = await import('../tasks/runs/list.js');
    const list = listRuns(systemRunsFolder(flags['state-dir']));
    return this.show(list, async () => {
      const { renderRuns } = await import('../report/text/runs-table.js');
      return (shown, style) => renderRuns(shown, Date.now(), style);
    });
  }
}
