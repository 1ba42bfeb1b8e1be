import { workerFlags } from '../cli/flags/worker-flags.js';
import { BaseCommand } from '../cli/oclif/base-command.js';
import type { WorkerResult } from '../contract/worker-result.js';
import { EXIT } from '../model/exit-codes.js';

export default class Worker extends BaseCommand {
  static override summary = 'Make the visits of surveys from the addresses of this machine.';

  static override description =
    'Gets visits through a Redis from greyprobe survey --redis, on this machine or another one, and ' +
    'makes those that are to come from its addresses. It decides nothing, refuses what its own limits ' +
    'forbid, and says each minute what it does. Ends at Ctrl-C or SIGTERM, once the sessions under way ' +
    'have; after 20 s it says QUIT to them. Needs the packages bullmq and ioredis.';

  static override exits = [EXIT.unreachable];

  static override examples = [
    '<%= config.bin %> <%= command.id %> --redis redis://10.0.0.5:6379 --source-ip 192.0.2.25',
    '<%= config.bin %> <%= command.id %> --redis /etc/greyprobe/redis-url --source-ip 192.0.2.25,192.0.2.26',
  ];

  static override flags = workerFlags;

  async run(): Promise<WorkerResult> {
    const { flags } = await this.parse(Worker);
    const { workerFromCommandLine } = await import('../cli/flows/worker.js');
    const result = await workerFromCommandLine(flags, {
      version: this.config.version,
      writeNote: (text) => this.logToStderr(text),
    });
    await this.show(
      result,
      async () => (await import('../report/text/worker-text.js')).renderWorker,
    );
    return result;
  }
}
