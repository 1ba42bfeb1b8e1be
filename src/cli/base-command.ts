import { Command } from '@oclif/core';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { jsonText } from '../report/formats/json-text.js';
import { errorCode, reasonOf } from '../system/disk-error.js';
import { describeProblem } from './problem.js';
import { showProblem } from './show-problem.js';

/** A reader that went away is no failure; a disk that is full is, and what was to be said is lost. */
function onBrokenOutput(error: Error): void {
  if (errorCode(error) === 'EPIPE') return;
  process.stderr.write(`Error: Standard output cannot be written: ${reasonOf(error)}.\n`);
  process.exit(EXIT.usage);
}

/**
 * What all commands share: --json, errors told in one way, and exit codes that are set rather than
 * thrown, since oclif prints an object for a thrown exit under --json.
 */
export abstract class BaseCommand extends Command {
  static override enableJsonFlag = true;

  protected override async init(): Promise<void> {
    await super.init();
    // Before oclif's listener, which throws.
    if (!process.stdout.listeners('error').includes(onBrokenOutput)) {
      process.stdout.prependListener('error', onBrokenOutput);
    }
  }

  /** Ends with this code once all output is written. */
  protected exitWith(code: ExitCode): void {
    process.exitCode = code;
  }

  /** JSON in which no reply of a mail host can reach the terminal or a build server as a command. */
  protected override logJson(json: unknown): void {
    if (json !== undefined) process.stdout.write(`${jsonText(json, 2)}\n`);
  }

  protected override async catch(error: unknown): Promise<void> {
    // oclif takes a command that did not end its parsing for one that forgot it, and says so to
    // people with NODE_ENV=development.
    this.parsed = true;
    const problem = describeProblem(error);
    process.exitCode = problem.exit;
    showProblem(problem, this.jsonEnabled());
    if (problem.code === 'fault' && process.env['GREYPROBE_DEBUG'] && error instanceof Error) {
      process.stderr.write(`${error.stack ?? ''}\n`);
    }
  }
}
