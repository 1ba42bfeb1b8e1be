import { Args } from '@oclif/core';
import { BaseCommand } from '../cli/oclif/base-command.js';
import type { CatalogueEntry } from '../core/greylist/catalogue/schema.js';

type Found = { schema: 'greyprobe.catalogue.v1'; entries: readonly CatalogueEntry[] };

export default class Greylisters extends BaseCommand {
  static override summary = 'List the greylisters that are known, or search them.';

  static override description =
    'Every greylister with its delay and window, what that rests on and when it was read. Words ' +
    'narrow the list: an entry must hold each of them, in its id, name, replies, traps or source. ' +
    'Three or fewer are shown in full. Ends with 2 when nothing is found.';

  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> postgrey',
    "<%= config.bin %> <%= command.id %> 'SPF pass' whitelist",
    '<%= config.bin %> <%= command.id %> --json',
  ];

  /** Several words. */
  static override strict = false;

  static override args = {
    words: Args.string({ description: 'What each entry must hold', ignoreStdin: true }),
  };

  async run(): Promise<Found> {
    const { argv } = await this.parse(Greylisters);
    const { findGreylisters } = await import('../tasks/catalogue/find-entries.js');
    const entries = findGreylisters(argv.map(String));
    const load = () => import('../report/text/catalogue-list.js');
    await this.show(entries, async () => (await load()).renderGreylisters);
    return { schema: 'greyprobe.catalogue.v1', entries };
  }
}
