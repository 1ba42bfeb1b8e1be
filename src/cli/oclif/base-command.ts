import { Command, Flags } from '@oclif/core';
import { errorCode } from '../../model/errors.js';
import type { ExitCode } from '../../model/exit-codes.js';
import { jsonText } from '../../report/formats/json.js';
import type { Style } from '../../report/text/style.js';
import { askForAscii } from '../terminal/charset.js';
import {
  guardOutputStreams,
  writeNote,
  writeStandardOutput,
  writeText,
} from '../terminal/output-streams.js';
import { describeProblem, showProblem } from '../terminal/problem.js';

/**
 * What all commands share: --json, errors told in one way, and exit codes that are set rather than
 * thrown, since oclif prints an object for a thrown exit under --json.
 */
export abstract class BaseCommand extends Command {
  static override enableJsonFlag = true;

  /** Exit codes beside those that every command may end with. */
  static exits: readonly ExitCode[] = [];

  static override baseFlags = {
    ascii: Flags.boolean({
      helpGroup: 'GLOBAL',
      description: 'Show nothing but ASCII, as where the locale is not UTF-8',
    }),
    // ansis finds it among the words by itself, as it does NO_COLOR and FORCE_COLOR in the environment.
    'no-color': Flags.boolean({ helpGroup: 'GLOBAL', description: 'Show no colours' }),
  };

  protected override async init(): Promise<void> {
    await super.init();
    // Errors of the parser are told in it too.
    if (this.argv.includes('--ascii')) askForAscii();
    guardOutputStreams();
  }

  /** Ends with this code once all output is written. */
  protected exitWith(code: ExitCode): void {
    process.exitCode = code;
  }

  override log(text = ''): void {
    writeText(text);
  }

  override logToStderr(text = ''): void {
    writeNote(text);
  }

  /**
   * Shows a result to a person, by the renderer that `load` gives; under --json oclif prints it. Gives
   * it back.
   */
  protected async show<T>(
    result: T,
    load: () => Promise<(result: T, style: Style) => string>,
  ): Promise<T> {
    if (this.jsonEnabled()) return result;
    const [render, { terminalStyle }] = await Promise.all([
      load(),
      import('../terminal/terminal-style.js'),
    ]);
    this.log(render(result, terminalStyle));
    return result;
  }

  /** JSON in which no reply of a mail host can reach the terminal or a build server as a command. */
  protected override logJson(json: unknown): void {
    if (json !== undefined) writeStandardOutput(`${jsonText(json, 2)}\n`);
  }

  protected override async catch(error: unknown): Promise<void> {
    // oclif takes a command that did not end its parsing for one that forgot it, and says so to
    // people with NODE_ENV=development.
    this.parsed = true;
    if (isUnreadModule(error)) throw error;
    const problem = describeProblem(error);
    process.exitCode = problem.exit;
    showProblem(problem, this.jsonEnabled());
    if (problem.code === 'fault' && process.env['GREYPROBE_DEBUG'] && error instanceof Error) {
      writeNote(error.stack ?? '');
    }
  }
}

/** A part of greyprobe could not be read, perhaps for want of descriptors: `bin/run.js` tells. */
function isUnreadModule(error: unknown): boolean {
  return errorCode(error) === 'ERR_MODULE_NOT_FOUND';
}
