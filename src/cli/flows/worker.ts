import type { WorkerResult } from '../../contract/worker-result.js';
import { usageError } from '../../model/errors.js';
import { parseClientAddresses } from '../../model/values/client-addresses.js';
import { runWorker } from '../../tasks/worker/run-worker.js';
import type { WorkerFlags } from '../flags/worker-flags.js';
import { withInterruption } from '../terminal/interruption.js';
import { tellEachMinute, workerLine } from '../terminal/worker-progress.js';
import { redisFrom } from './redis-from.js';

const SMTP_PORT = 25;

/** `greyprobe worker`: checks everything, and makes visits until it is told to stop. */
export async function workerFromCommandLine(
  flags: WorkerFlags,
  { version, writeNote }: { readonly version: string; readonly writeNote: (text: string) => void },
): Promise<WorkerResult> {
  const redis = redisFrom(flags.redis);
  if (redis === null) {
    throw usageError(
      'redis-needed',
      'A worker gets its visits through a Redis, and none is given.',
      'Name the one of the survey: --redis redis://redis.example:6379, or set GREYPROBE_REDIS_URL.',
    );
  }
  const sources = parseClientAddresses(flags['source-ip']);
  let stopTelling = () => {};
  try {
    const { value } = await withInterruption((signal) =>
      runWorker({
        version,
        redis,
        own: {
          sources,
          allowPrivate: flags['allow-private'],
          ports: [SMTP_PORT, ...(flags['allow-port'] ?? [])],
          connectionsPerHour: flags['connections-per-hour'],
        },
        concurrency: flags.concurrency,
        stateDir: flags['state-dir'] ?? null,
        signal,
        onNote: writeNote,
        onStart: (label, counts) => {
          if (flags.quiet) return;
          writeNote(`Making visits from ${sources.join(', ')} for the surveys at ${label}.`);
          stopTelling = tellEachMinute(() => workerLine(counts()), writeNote);
        },
      }),
    );
    return value;
  } finally {
    stopTelling();
  }
}
