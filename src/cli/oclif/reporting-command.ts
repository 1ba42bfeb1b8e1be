import { goesToStandardOutput } from '../flags/output-flags.js';
import { writeStandardOutput } from '../terminal/output-streams.js';
import { describeProblem } from '../terminal/problem.js';
import { BaseCommand } from './base-command.js';

/** Status of a plugin that could not do its work, by the guidelines for monitoring plugins. */
const UNKNOWN = 3;

/**
 * A command with `--format`. What goes wrong is told as by every command, and to a monitoring system
 * as well, which reads standard output and takes exit 2 for critical.
 */
export abstract class ReportingCommand extends BaseCommand {
  /** Formats have their line ends. */
  protected readonly writeOut = writeStandardOutput;

  protected override async catch(error: unknown): Promise<void> {
    await super.catch(error);
    if (!this.#toMonitoring()) return;
    const { visible } = await import('../../report/formats/visible.js');
    const says = visible(describeProblem(error).message).replaceAll('|', '\\x7c');
    this.writeOut(`GREYPROBE UNKNOWN - ${says}\n`);
    process.exitCode = UNKNOWN;
  }

  #toMonitoring(): boolean {
    return goesToStandardOutput('nagios', this.argv) && !this.jsonEnabled();
  }
}
