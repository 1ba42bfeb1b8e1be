import { Args, Flags } from '@oclif/core';
import { redisFlag, stateDirFlag } from '../cli/flags/flags.js';
import { depthOf, viewFlags } from '../cli/flags/output-flags.js';
import { settingFlags } from '../cli/flags/setting-flags.js';
import { BaseCommand } from '../cli/oclif/base-command.js';
import type { ProbeResult } from '../contract/probe-result.js';
import type { SurveyResult } from '../contract/survey-result.js';
import { EXIT } from '../model/exit-codes.js';

export default class Resume extends BaseCommand {
  static override summary = 'Go on with a run that was interrupted, killed, or told not to wait.';

  static override description =
    'Takes a run up where it was left: with its plan, its senders and the address that it measures. ' +
    'Ages count from the first attempt, whatever happened since. With --no-wait it does what is due ' +
    'and ends with 75 until the run has its answer, so that a cron job can measure a window of ' +
    'hours. A run that has finished is shown as it is. A survey goes on with all its runs.';

  static override exits = [
    EXIT.inconclusive,
    EXIT.noMailService,
    EXIT.unreachable,
    EXIT.rejected,
    EXIT.notYet,
    EXIT.interrupted,
  ];

  static override examples = [
    '<%= config.bin %> <%= command.id %> 20261123T194500-qzkw',
    '<%= config.bin %> <%= command.id %> qzkw --no-wait --json',
  ];

  static override args = {
    run: Args.string({
      description: 'Id of the run, the beginning of it, its word, or last; see the command runs',
      required: true,
      ignoreStdin: true,
    }),
  };

  static override flags = {
    'no-wait': Flags.boolean({
      default: false,
      description: 'Do what is due now, then end instead of waiting',
    }),
    ...settingFlags(['resolver']),
    ...viewFlags,
    redis: redisFlag,
    'state-dir': stateDirFlag,
    verbose: Flags.boolean({
      default: false,
      char: 'v',
      description: 'Show the SMTP conversation on stderr',
    }),
  };

  async run(): Promise<ProbeResult | SurveyResult> {
    const { args, flags } = await this.parse(Resume);
    const survey = await this.#resumeSurvey(args.run, flags['state-dir'] ?? null, flags.redis);
    if (survey !== null) return survey;
    const { resumeFromCommandLine } = await import('../cli/flows/resume.js');
    const { settingsFromFlags } = await import('../tasks/settings/read-settings.js');
    const { result, notes, exit } = await resumeFromCommandLine(
      args.run,
      {
        noWait: flags['no-wait'],
        resolver: settingsFromFlags(flags).resolver ?? null,
        stateDir: flags['state-dir'] ?? null,
        verbose: flags.verbose,
        quiet: flags.quiet,
      },
      this.jsonEnabled(),
    );
    await this.show(result, async () => {
      const { renderResult } = await import('../report/text/probe-text.js');
      const { keptAgain } = await import('../tasks/runs/again.js');
      const view = { depth: depthOf(flags), again: keptAgain(flags['state-dir'] ?? null) };
      return (shown, style) => renderResult(shown, style, view);
    });
    if (!this.jsonEnabled()) for (const note of notes) this.logToStderr(note);
    this.exitWith(exit);
    return result;
  }

  /** Null where there is no survey of that name. */
  async #resumeSurvey(
    wanted: string,
    stateDir: string | null,
    redis: string | undefined,
  ): Promise<SurveyResult | null> {
    const { hasSurvey } = await import('../tasks/survey/kept-survey.js');
    if (!hasSurvey(wanted, stateDir)) return null;
    const { resumeSurveyFromCommandLine } = await import('../cli/flows/survey.js');
    const { result, exit } = await resumeSurveyFromCommandLine(
      wanted,
      { stateDir, redis },
      {
        json: this.jsonEnabled(),
        version: this.config.version,
        writeOut: (text) => process.stdout.write(text),
        writeNote: (text) => this.logToStderr(text),
      },
    );
    this.exitWith(exit);
    return result;
  }
}
