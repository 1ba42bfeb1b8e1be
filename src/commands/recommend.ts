import { Args, Flags } from '@oclif/core';
import { scheduleFlags, stateDirFlag, svgFlag } from '../cli/flags/flags.js';
import { formatFlags } from '../cli/flags/output-flags.js';
import { BaseCommand } from '../cli/oclif/base-command.js';
import { writeStandardOutput } from '../cli/terminal/output-streams.js';
import type { RecommendResult } from '../contract/recommend-result.js';
import { usageError } from '../model/errors.js';
import { EXIT } from '../model/exit-codes.js';

const RECOMMEND_FORMATS = ['text', 'json', 'html', 'svg'] as const;

const EXAMPLES = [
  '--opens-by 300s --closes-after 48h',
  '--opens-by 300s --closes-after 48h --reg greylist.reg',
  'qzkw --for postfix',
  'last --for "exchange 2019"',
  'result.json --for postfix,exim,exchange-2019',
  '--opens-by 25m --for postfix --set queue_run_delay=60',
  'last --for postfix -o what-to-set.html',
  '--opens-by 25m --schedule 1m,5m,15m,1h...',
];

export default class Recommend extends BaseCommand {
  static override summary = "Turn an acceptance window into the sender's retry settings.";

  static override description =
    'Takes a window as edges, or the result of a probe, and says for each sender whether its ' +
    'retries land, when, and what to set: GlitchRetrySeconds for Exchange 2000 and 2003, and the ' +
    'settings of others. Ends with 3 when no retry was accepted yet.';

  static override usage = [
    '<%= command.id %> --opens-by 300s [--closes-after 4h] [FLAGS]',
    '<%= command.id %> RUN [FLAGS]',
  ];

  static override exits = [EXIT.checkFailed, EXIT.inconclusive];

  static override examples = EXAMPLES.map(
    (flags) => `<%= config.bin %> <%= command.id %> ${flags}`,
  );

  static override args = {
    source: Args.string({
      description:
        'A run, by its id, its word or \'last\'; or a file with what "probe --json" or "observe --json" printed, or \'-\'',
      ignoreStdin: true,
    }),
  };

  static override flags = {
    'opens-by': Flags.string({
      description: 'Age at which a retry is known to be accepted',
      helpValue: '300s',
      exclusive: ['result'],
    }),
    'opens-after': Flags.string({
      description: 'Age at which a retry is known to be refused; default: as --opens-by',
      helpValue: '290s',
      dependsOn: ['opens-by'],
    }),
    'closes-after': Flags.string({
      description: 'Age at which a retry is still accepted; default: not known',
      helpValue: '4h',
      dependsOn: ['opens-by'],
    }),
    'closes-by': Flags.string({
      description: 'Age at which a retry is refused again; default: as --closes-after',
      helpValue: '5h',
      dependsOn: ['closes-after'],
    }),
    result: Flags.string({
      description: 'The same as SOURCE',
      helpValue: '<run or file>',
    }),
    host: Flags.string({
      description: 'The mail host of a result of observe; default: where mail waited longest',
      helpValue: '<host>',
      exclusive: ['opens-by'],
    }),
    for: Flags.string({
      description:
        'Senders, such as postfix or "exchange 2019", as a comma list, or all; default: common',
      helpValue: '<senders>',
    }),
    ...scheduleFlags,
    reg: Flags.string({
      description: 'Write the registry file for Exchange 2000/2003',
      helpValue: '<file>',
    }),
    svg: svgFlag,
    ...formatFlags(RECOMMEND_FORMATS),
    'state-dir': stateDirFlag,
    force: Flags.boolean({ description: 'Replace files that are there', default: false }),
  };

  async run(): Promise<RecommendResult> {
    const { args, flags } = await this.parse(Recommend);
    const { source } = args;
    refuseBoth(source, flags);
    const { recommendFromCommandLine } = await import('../cli/flows/recommend.js');
    const result = await recommendFromCommandLine(
      source === undefined ? flags : { ...flags, result: source },
      { json: this.jsonEnabled(), writeOut: writeStandardOutput },
    );
    if (result.window.opens.bySeconds === null) this.exitWith(EXIT.inconclusive);
    return result;
  }
}

/** One of three ways to say which window. */
function refuseBoth(
  source: string | undefined,
  flags: { readonly result?: string | undefined; readonly 'opens-by'?: string | undefined },
): void {
  const other = flags.result === undefined ? flags['opens-by'] : flags.result;
  if (source === undefined || other === undefined) return;
  throw usageError(
    'window-twice',
    `${JSON.stringify(source)} and ${flags.result === undefined ? '--opens-by' : '--result'} both give the window.`,
    'Give one of them.',
  );
}
