import { Args, Flags } from '@oclif/core';
import { BaseCommand } from '../cli/oclif/base-command.js';
import type { ExplainResult } from '../contract/explain-result.js';
import type { CatalogueEntry } from '../core/greylist/catalogue/schema.js';
import { INPUT_FORMATS } from '../mail/finding.js';
import { EXIT } from '../model/exit-codes.js';

type Catalogue = { schema: 'greyprobe.catalogue.v1'; entries: readonly CatalogueEntry[] };

const PASTE =
  'Paste a reply, a bounce or lines of a log. End with Ctrl-D (Windows: Ctrl-Z, Enter) on a line of its own.';

export default class Explain extends BaseCommand {
  static override summary = 'Explain a reply, a bounce, or the refusals in a mail log.';

  static override description =
    'Says what happened, who said it, what it means and how sure that is, how long to wait, and ' +
    'who has to do what. Reads replies, bounces (.eml, mailboxes), reports of Exchange, logs of ' +
    'mail servers and greylisters, queues, JSON and CSV of providers; tells them apart by itself. ' +
    'Nothing is sent anywhere. Ends with 3 when nothing was recognised.';

  static override exits = [EXIT.inconclusive];

  static override examples = [
    "<%= config.bin %> <%= command.id %> '450 4.2.0 <user@example.org>: Greylisted'",
    '<%= config.bin %> <%= command.id %> bounce.eml',
    '<%= config.bin %> <%= command.id %> /var/log/mail.log* --json',
    '$ mailq | <%= config.bin %> <%= command.id %> -',
    '<%= config.bin %> <%= command.id %> --id postgrey',
  ];

  /** A reply pasted without quotes is several words. */
  static override strict = false;

  static override args = {
    text: Args.string({
      description: "What was said, or files; '-' or nothing: standard input",
      ignoreStdin: true,
    }),
  };

  static override flags = {
    file: Flags.string({
      char: 'f',
      description: 'Read this file; may be given again',
      helpValue: '<file>',
      multiple: true,
      multipleNonGreedy: true,
    }),
    'input-format': Flags.option({
      aliases: ['format'],
      description: 'Read the input as this instead of finding out',
      options: INPUT_FORMATS,
    })(),
    top: Flags.integer({
      description: "Rows in each list of a log's summary",
      default: 10,
      min: 1,
      max: 1000,
    }),
    catalogue: Flags.boolean({
      default: false,
      description: 'List the known greylisters and look-alikes',
      exclusive: ['file', 'id'],
    }),
    id: Flags.string({
      description: 'Show one entry of the catalogue',
      helpValue: '<id>',
      exclusive: ['file'],
    }),
  };

  async run(): Promise<ExplainResult | Catalogue | CatalogueEntry> {
    const { argv, flags } = await this.parse(Explain);
    if (flags.id !== undefined) return this.#showEntry(flags.id);
    if (flags.catalogue) return this.#showCatalogue();
    const { explainRequest } = await import('../tasks/explain/from-input.js');
    const result = await explainRequest(
      {
        words: argv.map(String),
        files: flags.file ?? [],
        format: flags['input-format'] ?? null,
        top: flags.top,
      },
      process.stdin,
      () => this.logToStderr(PASTE),
    );
    await this.show(
      result,
      async () => (await import('../report/text/explain-text.js')).renderExplanation,
    );
    if (!result.recognised) this.exitWith(EXIT.inconclusive);
    return result;
  }

  async #showEntry(id: string): Promise<CatalogueEntry> {
    const { entryNamed } = await import('../tasks/explain/from-input.js');
    const entry = entryNamed(id);
    return this.show(
      entry,
      async () => (await import('../report/text/catalogue-text.js')).renderCatalogueEntry,
    );
  }

  async #showCatalogue(): Promise<Catalogue> {
    const { loadCatalogue } = await import('../core/greylist/catalogue/index.js');
    const entries = loadCatalogue();
    await this.show(
      entries,
      async () => (await import('../report/text/catalogue-text.js')).renderCatalogue,
    );
    return { schema: 'greyprobe.catalogue.v1', entries };
  }
}
