import { Flags } from '@oclif/core';
import { depthOf, viewFlags } from '../cli/flags/output-flags.js';
import { BaseCommand } from '../cli/oclif/base-command.js';
import type { ProbeResult } from '../contract/probe-result.js';
import { EXIT } from '../model/exit-codes.js';

export default class Demo extends BaseCommand {
  static override summary = 'Measure a greylisting mail host that greyprobe runs itself.';

  static override description =
    'Starts a mail host that greylists and a DNS server on free loopback ports, probes it as ' +
    "'greyprobe probe' would probe a real one, and stops them. Needs no network: a first look " +
    'for those whose network blocks port 25. Takes less than half a minute.';

  static override exits = [EXIT.inconclusive, EXIT.interrupted];

  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --delay 5s --json',
  ];

  static override flags = {
    delay: Flags.string({
      description: 'Delay of the greylisting mail host, 1s to 20s',
      default: '12s',
      helpValue: '<duration>',
    }),
    ...viewFlags,
  };

  async run(): Promise<ProbeResult> {
    const { flags } = await this.parse(Demo);
    const { demoFromCommandLine } = await import('../cli/flows/demo.js');
    const { result, exit } = await demoFromCommandLine(flags.delay, {
      json: this.jsonEnabled(),
      depth: depthOf(flags),
      version: this.config.version,
      say: (line) => this.log(line),
    });
    this.exitWith(exit);
    return result;
  }
}
