import { Flags } from '@oclif/core';
import { BaseCommand } from '../cli/base-command.js';
import type { SimulateSendersResult } from '../result/simulate-senders-result.js';

const EXAMPLES = [
  '--window 5m..48h',
  '--sender postfix --window 300s..2h',
  '--sender exim-debian --window 25m..4h --set "queue runner interval=10m"',
];

export default class Simulate extends BaseCommand {
  static override summary = 'Try which senders get through a greylist, and when.';

  static override description =
    'For a receiver that is about to set a delay and a window: which of the known senders arrive ' +
    'when, and which never do, worst first. Nothing is sent.';

  static override examples = EXAMPLES.map(
    (flags) => `<%= config.bin %> <%= command.id %> ${flags}`,
  );

  static override flags = {
    window: Flags.string({
      description: 'Delay, and age at which the window closes again',
      required: true,
      helpValue: '300s..48h',
    }),
    sender: Flags.string({
      description: 'Senders by id, as a comma list, or common, or all',
      default: 'all',
      helpValue: '<senders>',
    }),
    set: Flags.string({
      description: "A sender's setting, as name=value; may be given again",
      multiple: true,
      default: [],
      helpValue: '<name=value>',
    }),
    'restarts-timer': Flags.boolean({
      description: 'The server starts the wait again at each early try',
      default: false,
    }),
    svg: Flags.string({
      description: 'Write the picture of the retries against the window',
      helpValue: '<file>',
    }),
    force: Flags.boolean({ description: 'Replace a file that is there', default: false }),
  };

  async run(): Promise<SimulateSendersResult> {
    const { flags } = await this.parse(Simulate);
    const { simulateSenders } = await import('../cli/recommend.js');
    const result = await simulateSenders(flags);
    if (!this.jsonEnabled()) {
      const { renderSimulation } = await import('../report/advice-text.js');
      const { terminalStyle } = await import('../cli/terminal-style.js');
      this.log(renderSimulation(result, terminalStyle));
    }
    return result;
  }
}
