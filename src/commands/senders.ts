import { Args } from '@oclif/core';
import { BaseCommand } from '../cli/oclif/base-command.js';
import type { SendersResult } from '../contract/senders-result.js';

export default class Senders extends BaseCommand {
  static override summary = 'List the senders that are known, or search them.';

  static override description =
    'Every sender with its first retries, when it gives up, what that rests on and when it was ' +
    'read. Words narrow the list: an entry must hold each of them, in its id, name, settings, ' +
    'notes or source. Three or fewer are shown in full. Ends with 2 when nothing is found.';

  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> mailu',
    '<%= config.bin %> <%= command.id %> exchange MessageRetryInterval',
    '<%= config.bin %> <%= command.id %> --json',
  ];

  /** Several words. */
  static override strict = false;

  static override args = {
    words: Args.string({ description: 'What each entry must hold', ignoreStdin: true }),
  };

  async run(): Promise<SendersResult> {
    const { argv } = await this.parse(Senders);
    const { findSenders } = await import('../tasks/catalogue/find-entries.js');
    const load = () => import('../report/text/catalogue-list.js');
    return this.show(findSenders(argv.map(String)), async () => (await load()).renderSenders);
  }
}
