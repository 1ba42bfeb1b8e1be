import { Args } from '@oclif/core';
import { type CheckFlags, checkFlags } from '../cli/flags/check-flags.js';
import { ReportingCommand } from '../cli/oclif/reporting-command.js';
import type { CheckResult } from '../contract/check-result.js';
import type { InitResult } from '../contract/init-result.js';
import { EXIT } from '../model/exit-codes.js';

export default class Check extends ReportingCommand {
  static override summary = 'Probe mail hosts and hold expectations against what they do.';

  static override description =
    'For a machine that runs every night: expectations come from flags or from a configuration, and ' +
    'are checked before the first connection. Each ends as passed, failed or not judged; what was ' +
    'throttled, out of reach or inconclusive is not judged. Ends with 0 when all held, with 1 when ' +
    'one failed, with 3 when some were not judged, and with 75 when --no-wait leaves runs waiting: ' +
    'the same command goes on with them.';

  static override exits = [EXIT.checkFailed, EXIT.inconclusive, EXIT.notYet, EXIT.interrupted];

  static override examples = [
    '<%= config.bin %> <%= command.id %> user@example.org --from me@your.domain --expect-opens-no-later-than 5m',
    '<%= config.bin %> <%= command.id %> --init',
    '<%= config.bin %> <%= command.id %> --config greyprobe.yaml --format junit --output report.xml',
    '<%= config.bin %> <%= command.id %> --config greyprobe.yaml --no-wait',
    '<%= config.bin %> <%= command.id %> --config greyprobe.yaml --format nagios',
  ];

  /** Several recipients. */
  static override strict = false;

  static override args = {
    recipient: Args.string({
      description: 'Recipients to check, by address or by name in the configuration',
      ignoreStdin: true,
    }),
  };

  static override flags = checkFlags;

  async run(): Promise<CheckResult | InitResult> {
    const { argv, flags } = await this.parse(Check);
    if (flags.init) return this.#init(argv.map(String), flags);
    const { checkFromCommandLine } = await import('../cli/flows/check.js');
    const { result, exit } = await checkFromCommandLine(argv.map(String), flags, {
      json: this.jsonEnabled(),
      version: this.config.version,
      writeOut: this.writeOut,
    });
    this.exitWith(exit);
    return result;
  }

  async #init(recipients: readonly string[], flags: CheckFlags): Promise<InitResult> {
    const { initialise } = await import('../tasks/check/initial-config.js');
    const { settingsFromFlags } = await import('../tasks/settings/read-settings.js');
    const { from } = settingsFromFlags(flags);
    const result = await initialise(flags.config, { recipients, from });
    return this.show(
      result,
      async () => (await import('../report/text/init-text.js')).renderInitialised,
    );
  }
}
