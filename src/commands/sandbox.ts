import { Flags } from '@oclif/core';
import { BaseCommand } from '../cli/oclif/base-command.js';
import { writeStandardOutput } from '../cli/terminal/output-streams.js';
import { jsonText } from '../report/formats/json.js';

const port = (fallback: number, what: string) =>
  Flags.integer({
    description: `${what}; 0: any that is free`,
    default: fallback,
    min: 0,
    max: 65_535,
  });

export default class Sandbox extends BaseCommand {
  static override summary = 'Start a greylisting mail host and a DNS server on this machine.';

  static override description =
    'A place to try greyprobe without troubling anybody. Listens on loopback addresses only, takes ' +
    'no mail in, prints the command that probes it and a line for each decision, and runs until ' +
    'Ctrl-C. With --json each line is one object; the first says where it listens.';

  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --delay 90s --closes-after 4h --key client,recipient',
    '<%= config.bin %> <%= command.id %> --dialect openbsd-spamd --delay shipped',
    '<%= config.bin %> <%= command.id %> --look-alikes --json',
  ];

  static override flags = {
    dialect: Flags.string({
      description: 'Greylister to behave like: an id of `explain --catalogue`',
      default: 'postgrey',
      helpValue: '<id>',
    }),
    delay: Flags.string({
      description: 'How long a tuple has to wait; `shipped`: as long as the dialect does',
      default: '20s',
      helpValue: '<duration>',
    }),
    'closes-after': Flags.string({
      aliases: ['window'],
      description: "Age at which a tuple that has not passed is forgotten; default: the dialect's",
      helpValue: '<duration>',
    }),
    key: Flags.string({
      description:
        'What makes a tuple: a comma list of client, client-network, helo, sender, ' +
        "sender-domain, recipient, message-id, body; default: the dialect's",
      helpValue: '<parts>',
    }),
    stage: Flags.option({
      description: "Where the deferral is given; default: the dialect's",
      options: ['connect', 'mail', 'rcpt', 'data', 'message'] as const,
    })(),
    'early-retry': Flags.option({
      description: "What a try before the delay does; default: the dialect's",
      options: ['harmless', 'restart'] as const,
    })(),
    domain: Flags.string({
      description: 'Domain that the mail host takes mail for',
      default: 'grey.example',
      helpValue: '<domain>',
    }),
    address: Flags.string({
      description: 'Loopback address to listen on',
      default: '127.0.0.1',
      helpValue: '<address>',
    }),
    port: port(2525, 'SMTP port'),
    'dns-port': port(2553, 'DNS port'),
    'look-alikes': Flags.boolean({
      default: false,
      description: 'Add domains that only look like greylisting, on the addresses that follow',
    }),
    for: Flags.string({ description: 'End after this time', helpValue: '<duration>' }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(Sandbox);
    const { planSandbox } = await import('../sandbox/plan-sandbox.js');
    const { startSandbox } = await import('../sandbox/start.js');
    const { parseDuration } = await import('../model/values/duration.js');
    const { ofFlag } = await import('../model/values/flag-value.js');
    const limit = flags.for;
    const { untilStopped } = await import('../cli/terminal/interruption.js');
    const text = await import('../report/text/sandbox-text.js');

    const limitMs = limit === undefined ? null : ofFlag('--for', () => parseDuration(limit)) * 1000;
    const plan = planSandbox(
      {
        dialect: flags.dialect,
        delay: flags.delay,
        window: flags['closes-after'] ?? null,
        key: flags.key ?? null,
        stage: flags.stage ?? null,
        earlyRetry: flags['early-retry'] ?? null,
        domain: flags.domain,
        address: flags.address,
        smtpPort: flags.port,
        dnsPort: flags['dns-port'],
        lookAlikes: flags['look-alikes'],
      },
      Date.now(),
    );
    const json = this.jsonEnabled();
    const sandbox = await startSandbox({
      ...plan.options,
      onDecision: (decision) => {
        if (json) this.#line(text.decisionFacts(decision));
        else this.log(text.renderDecision(decision));
      },
    });
    // Told before the first line is out: whoever reads it may end the sandbox at once.
    const stopped = untilStopped(limitMs);
    if (json) this.#line(text.sandboxFacts(plan, sandbox));
    else {
      const { terminalStyle } = await import('../cli/terminal/terminal-style.js');
      this.log(text.renderSandbox(plan, sandbox, terminalStyle));
    }
    await stopped;
    await sandbox.close();
  }

  #line(value: object): void {
    writeStandardOutput(`${jsonText(value)}\n`);
  }
}
