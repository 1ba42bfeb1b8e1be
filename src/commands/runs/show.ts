import { Args } from '@oclif/core';
import { stateDirFlag } from '../../cli/flags/flags.js';
import { depthOf, viewFlags } from '../../cli/flags/output-flags.js';
import { BaseCommand } from '../../cli/oclif/base-command.js';
import type { ShownRun } from '../../contract/run-list.js';

export default class RunsShow extends BaseCommand {
  static override summary = 'Show a run that is kept: how it stands, and its result so far.';

  static override examples = [
    '<%= config.bin %> <%= command.id %> 20261123T194500-qzkw',
    '<%= config.bin %> <%= command.id %> qzkw --json',
  ];

  static override args = {
    run: Args.string({
      description: 'Id of the run, the beginning of it, its word, or last',
      required: true,
      ignoreStdin: true,
    }),
  };

  static override flags = { ...viewFlags, 'state-dir': stateDirFlag };

  async run(): Promise<ShownRun> {
    const { args, flags } = await this.parse(RunsShow);
    const { showRun } = await import('../../tasks/runs/list.js');
    const shown = showRun(flags['state-dir'], args.run);
    return this.show(shown, async () => {
      const { renderRunFacts } = await import('../../report/text/runs-table.js');
      const { renderResult } = await import('../../report/text/probe-text.js');
      const { keptAgain } = await import('../../tasks/runs/again.js');
      const view = { depth: depthOf(flags), again: keptAgain(flags['state-dir'] ?? null) };
      return ({ result }, style) =>
        `${renderRunFacts(shown, Date.now(), style)}\n\n${renderResult(result, style, view)}`;
    });
  }
}
