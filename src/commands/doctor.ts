import { Flags } from '@oclif/core';
import { redisFlag, stateDirFlag } from '../cli/flags/flags.js';
import { settingFlags } from '../cli/flags/setting-flags.js';
import { BaseCommand } from '../cli/oclif/base-command.js';
import type { DoctorResult } from '../contract/doctor-result.js';
import { EXIT } from '../model/exit-codes.js';

export default class Doctor extends BaseCommand {
  static override summary = 'Tell whether this machine can measure greylisting.';

  static override description =
    'Looks at what a probe needs, before somebody blames a mail host: Node.js, the state folder, the ' +
    "DNS servers, the sender's domain, the name in EHLO, the reverse DNS of the client address, the " +
    'outgoing port, and a measurement of a mail host that greyprobe runs itself on loopback. Says of ' +
    'each what was found and what to do next. Connects to a mail host only when --host names one, and ' +
    'says no more than EHLO and QUIT there; to the Redis of a survey by workers only when --redis does. ' +
    'Ends with 1 when a check failed.';

  static override exits = [EXIT.checkFailed, EXIT.interrupted];

  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    "<%= config.bin %> <%= command.id %> --from 'probe-{nonce}@sender.example' --host mx.example.org",
    '<%= config.bin %> <%= command.id %> --helo mail.sender.example --source-ip 192.0.2.25 --json',
  ];

  static override flags = {
    ...settingFlags(['from', 'helo', 'sourceIp', 'port', 'resolver']),
    host: Flags.string({
      helpGroup: 'HOST',
      description: 'Mail host to connect to, by name or address; default: none',
      helpValue: '<host>',
    }),
    redis: redisFlag,
    'state-dir': stateDirFlag,
  };

  async run(): Promise<DoctorResult> {
    const { flags } = await this.parse(Doctor);
    const { withInterruption } = await import('../cli/terminal/interruption.js');
    const { runDoctor } = await import('../tasks/doctor/doctor.js');
    const { settingsFromFlags } = await import('../tasks/settings/read-settings.js');
    const settings = settingsFromFlags(flags);
    const { version } = this.config;
    const { redisFrom } = await import('../cli/flows/redis-from.js');
    const stateDir = flags['state-dir'] ?? null;
    const redis = redisFrom(flags.redis);
    const { value: result } = await withInterruption((signal) =>
      runDoctor(settings, { version, stateDir, redis, signal }),
    );
    await this.show(
      result,
      async () => (await import('../report/text/doctor-text.js')).renderDoctor,
    );
    this.exitWith(result.outcome === 'failed' ? EXIT.checkFailed : EXIT.ok);
    return result;
  }
}
