import { Flags } from '@oclif/core';

import { scheduleFlags, stateDirFlag, svgFlag } from '../cli/flags/flags.js';
import { depthOf, viewFlags } from '../cli/flags/output-flags.js';

import { serverFlags } from '../cli/flags/simulate-server-flags.js';
import { BaseCommand } from '../cli/oclif/base-command.js';
import type { ProbeResult } from '../contract/probe-result.js';
import type { SimulateSendersResult } from '../contract/simulate-senders-result.js';
import { EXIT } from '../model/exit-codes.js';
import type { View } from '../report/view.js';
import type { SimulateServerFlags } from '../tasks/simulate-server.js';

const EXAMPLES = [
  '--window 5m..48h',
  '--result last --for "exchange 2019"',
  '--result observed.json --host mx.example.org',
  '--for postfix --window 300s..2h',
  '--for postfix --window 5m..4h --set queue_run_delay=60',
  '--server postgrey --delay 300s',
  '--server openbsd-spamd --from one --max-wait 2h',
];

export default class Simulate extends BaseCommand {
  static override summary =
    'Try senders against a greylist, or a probe against a model of one, in no time.';

  static override description =
    'With --window, for a receiver that is about to set a delay and a window: which of the known ' +
    'senders arrive when, and which never do, worst first; with --result, in the window that a run ' +
    'measured. With --server: probes the model of a greylister in simulated time, to learn and to ' +
    'choose flags. Nothing is sent.';

  static override usage = [
    '<%= command.id %> --window 300s..48h [FLAGS]',
    '<%= command.id %> --result RUN [FLAGS]',
    '<%= command.id %> --server ID [FLAGS]',
  ];

  static override exits = [EXIT.checkFailed, EXIT.inconclusive];

  static override examples = EXAMPLES.map(
    (flags) => `<%= config.bin %> <%= command.id %> ${flags}`,
  );

  static override flags = {
    window: Flags.string({
      description: 'Delay, and age at which the window closes again',
      helpValue: '300s..48h',
    }),
    result: Flags.string({
      description:
        'The window that a run measured, by its id, its word or \'last\'; or a file with what "probe --json" or "observe --json" printed, or \'-\'',
      helpValue: '<run or file>',
      exclusive: ['window', 'server'],
    }),
    host: Flags.string({
      description: 'The mail host of a result of observe; default: where mail waited longest',
      helpValue: '<host>',
      dependsOn: ['result'],
    }),
    for: Flags.string({
      aliases: ['sender'],
      description: 'Senders, such as postfix or "exchange 2019", as a comma list; default: all',
      helpValue: '<senders>',
    }),
    ...scheduleFlags,
    svg: svgFlag,
    force: Flags.boolean({ description: 'Replace a file that is there', default: false }),
    ...serverFlags,
    ...viewFlags,
    'state-dir': stateDirFlag,
  };

  async run(): Promise<SimulateSendersResult | ProbeResult> {
    const { flags } = await this.parse(Simulate);
    const { server } = flags;
    if (server !== undefined) return this.#probeModel({ ...flags, server }, depthOf(flags));
    const { simulateSenders } = await import('../tasks/recommend/with-files.js');
    const result = await simulateSenders(flags, process.stdin);
    return this.show(
      result,
      async () => (await import('../report/text/advice-text.js')).renderSimulation,
    );
  }

  async #probeModel(flags: SimulateServerFlags, depth: View['depth']): Promise<ProbeResult> {
    const { exitCodeOf } = await import('../contract/exit-code.js');
    const { simulateServer } = await import('../tasks/simulate-server.js');
    const simulated = await simulateServer(flags, this.config.version);
    await this.show(simulated, async () => {
      const { renderSimulatedProbe } = await import('../report/text/simulation-text.js');
      const { madeAgain } = await import('../tasks/runs/again.js');
      const { shellWord } = await import('../model/values/shell-word.js');
      const again = madeAgain(['simulate', ...this.argv.map(shellWord), '--details']);
      return (shown, style) => renderSimulatedProbe(shown, style, { depth, again });
    });
    this.exitWith(exitCodeOf(simulated.result));
    return simulated.result;
  }
}
