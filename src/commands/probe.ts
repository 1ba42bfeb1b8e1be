import { Args, Flags } from '@oclif/core';
import { stateDirFlag } from '../cli/flags/flags.js';
import { outputFlags } from '../cli/flags/output-flags.js';
import { probeFlags } from '../cli/flags/probe-flags.js';
import { ReportingCommand } from '../cli/oclif/reporting-command.js';
import type { HostsResult } from '../contract/hosts-result.js';
import type { PlanResult } from '../contract/plan-result.js';
import type { ProbeResult } from '../contract/probe-result.js';
import type { ProbeFlagValues } from '../tasks/settings/to-request.js';

export default class Probe extends ReportingCommand {
  static override summary =
    'Measure when a mail host that greylists accepts a retry, and prove it.';

  static override description =
    'Opens SMTP sessions to the mail host of the recipient, up to RCPT: no message is sent. Where ' +
    'the recipient is deferred, retries at planned ages, with fresh senders as controls, until a ' +
    'retry passes. Tells when the window opens, how sure that is, and what GlitchRetrySeconds of ' +
    'Exchange 2000/2003 must be.';

  static override examples = [
    "<%= config.bin %> <%= command.id %> user@example.org --from 'probe-{nonce}@your.domain'",
    '<%= config.bin %> <%= command.id %> user@example.org --from me@your.domain --retry-at 1m,5m,15m',
    '<%= config.bin %> <%= command.id %> user@example.org --from me@your.domain --json',
  ];

  static override args = {
    recipient: Args.string({ description: 'Recipient whose mail is deferred', ignoreStdin: true }),
  };

  static override flags = {
    ...probeFlags,
    ...outputFlags,
    'all-hosts': Flags.boolean({
      helpGroup: 'PLAN',
      default: false,
      description: 'Measure every mail host of the domain, and whether they share their memory',
      exclusive: ['host', 'no-wait'],
    }),
    'no-wait': Flags.boolean({
      helpGroup: 'PLAN',
      default: false,
      description: 'Do what is due now, keep the run, and end; resume does the rest',
    }),
    'dry-run': Flags.boolean({
      helpGroup: 'PLAN',
      default: false,
      description: 'Show what would be tried when, without a connection or a question to the DNS',
      exclusive: ['all-hosts', 'no-wait', 'verbose', 'format', 'output'],
    }),
    'state-dir': stateDirFlag,
    verbose: Flags.boolean({
      helpGroup: 'OUTPUT',
      default: false,
      char: 'v',
      description: 'Show the SMTP conversation on stderr',
    }),
  };

  async run(): Promise<ProbeResult | HostsResult | PlanResult> {
    const { args, flags } = await this.parse(Probe);
    if (flags['dry-run']) return this.#plan(args.recipient, flags);
    const { probeFromCommandLine } = await import('../cli/flows/probe.js');
    const { result, exit } = await probeFromCommandLine(args.recipient, flags, {
      json: this.jsonEnabled(),
      words: this.argv,
      version: this.config.version,
      writeOut: (text) => this.writeOut(text.endsWith('\n') ? text : `${text}\n`),
      writeNote: (text) => this.logToStderr(text),
    });
    this.exitWith(exit);
    return result;
  }

  async #plan(recipient: string | undefined, flags: ProbeFlagValues): Promise<PlanResult> {
    const { completeRequest } = await import('../cli/terminal/ask.js');
    const { parseProbeRequest } = await import('../tasks/settings/to-request.js');
    const { dryRun } = await import('../tasks/dry-run.js');
    const asker = { words: this.argv, json: this.jsonEnabled() };
    const complete = await completeRequest(recipient, flags, asker);
    const plan = await dryRun(parseProbeRequest(complete.recipient, complete.flags));
    if (!this.jsonEnabled()) {
      const { renderPlan } = await import('../report/text/plan-text.js');
      const { terminalStyle } = await import('../cli/terminal/terminal-style.js');
      this.log(renderPlan(plan, terminalStyle));
    }
    return plan;
  }
}
