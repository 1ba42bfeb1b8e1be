import { Args } from '@oclif/core';
import { settingFlags } from '../cli/flags/setting-flags.js';
import { BaseCommand } from '../cli/oclif/base-command.js';
import type { MxResult } from '../contract/mx-result.js';
import { EXIT } from '../model/exit-codes.js';

export default class Mx extends BaseCommand {
  static override summary = 'Show the mail hosts of a domain, with their addresses.';

  static override description =
    'Asks the DNS for the hosts that take mail for a domain: MX records by preference, or the ' +
    'domain itself when it has none (RFC 5321 section 5.1). Ends with 4 when the domain takes no ' +
    'mail, and with 5 when the DNS gives no answer.';

  static override exits = [EXIT.noMailService, EXIT.unreachable];

  static override examples = [
    '<%= config.bin %> <%= command.id %> example.org',
    '<%= config.bin %> <%= command.id %> user@example.org --json',
    '<%= config.bin %> <%= command.id %> example.org --resolver tls://192.0.2.53',
  ];

  static override args = {
    target: Args.string({
      description: 'Domain, mail address, or address literal such as [192.0.2.1]',
      required: true,
      ignoreStdin: true,
    }),
  };

  static override flags = settingFlags(['resolver', 'family']);

  async run(): Promise<MxResult> {
    const { args, flags } = await this.parse(Mx);
    const { findMailHosts } = await import('../tasks/find-mail-hosts.js');
    const { settingsFromFlags } = await import('../tasks/settings/read-settings.js');
    const { resolver = null, family = 'any' } = settingsFromFlags(flags);
    const result = await findMailHosts(args.target, { resolver, family });
    await this.show(result, async () => (await import('../report/text/mx-table.js')).renderMx);
    if (result.kind !== 'hosts') this.exitWith(EXIT.noMailService);
    return result;
  }
}
