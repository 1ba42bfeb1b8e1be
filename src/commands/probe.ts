import { Args } from '@oclif/core';
import { type ProbeFlags, probeFlags } from '../cli/flags/probe-flags.js';
import { ReportingCommand } from '../cli/oclif/reporting-command.js';
import type { HostsResult } from '../contract/hosts-result.js';
import type { PlanResult } from '../contract/plan-result.js';
import type { ProbeResult } from '../contract/probe-result.js';
import { EXIT } from '../model/exit-codes.js';

export default class Probe extends ReportingCommand {
  static override summary =
    'Measure when a mail host that greylists accepts a retry, and prove it.';

  static override description =
    'Opens SMTP sessions to the mail host of the recipient, up to RCPT: no message is sent. Where ' +
    'the recipient is deferred, retries at planned ages, with fresh senders as controls, until a ' +
    'retry passes. Tells when the window opens, how sure that is, and what GlitchRetrySeconds of ' +
    'Exchange 2000/2003 must be.';

  static override exits = [
    EXIT.inconclusive,
    EXIT.noMailService,
    EXIT.unreachable,
    EXIT.rejected,
    EXIT.notYet,
    EXIT.interrupted,
  ];

  static override examples = [
    "<%= config.bin %> <%= command.id %> user@example.org --from 'probe-{nonce}@your.domain'",
    '<%= config.bin %> <%= command.id %> user@example.org --from me@your.domain --retry-at 1m,5m,15m',
    '<%= config.bin %> <%= command.id %> user@example.org --from me@your.domain --json',
  ];

  static override args = {
    recipient: Args.string({ description: 'Recipient whose mail is deferred', ignoreStdin: true }),
  };

  static override flags = probeFlags;

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

  async #plan(recipient: string | undefined, flags: ProbeFlags): Promise<PlanResult> {
    const { completeRequest } = await import('../cli/terminal/ask.js');
    const { settingsFromFlags } = await import('../tasks/settings/read-settings.js');
    const { toRequest } = await import('../tasks/settings/to-request.js');
    const { dryRun } = await import('../tasks/dry-run.js');
    const asker = { words: this.argv, json: this.jsonEnabled() };
    const given = await completeRequest(recipient, settingsFromFlags(flags), asker);
    const { withSenderIds } = await import('../tasks/probe/run-probe.js');
    const plan = await dryRun(withSenderIds(toRequest(given.recipient, given.settings)));
    return this.show(plan, async () => (await import('../report/text/plan-text.js')).renderPlan);
  }
}
