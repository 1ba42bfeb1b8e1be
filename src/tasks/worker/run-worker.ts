import type { WorkerResult } from '../../contract/worker-result.js';
import { connectRedis } from '../../edges/bullmq/connect.js';
import type { OwnLimits } from '../../edges/bullmq/own-limits.js';
import { QUEUE_TIMING, type QueueTiming } from '../../edges/bullmq/timing.js';
import { VisitWorker, type WorkerCounts } from '../../edges/bullmq/visit-worker.js';
import { systemRunsFolder } from '../../edges/journal/state-folder.js';
import { politeDialer } from '../../edges/real-ports.js';
import { systemClock } from '../../edges/system/clock.js';
import { holdsAddress } from '../../edges/system/holds-address.js';
import { usageError } from '../../model/errors.js';
import type { RedisUrl } from '../../model/values/redis-url.js';

export interface WorkerOptions {
  readonly version: string;
  readonly redis: RedisUrl;
  readonly own: OwnLimits;
  readonly concurrency: number;
  /** Of the queue; absent: the usual. */
  readonly timing?: QueueTiming;
  readonly stateDir: string | null;
  readonly signal: AbortSignal;
  readonly onNote: (note: string) => void;
  /** Called once it has begun; what it gives tells what was done so far. */
  readonly onStart: (label: string, counts: () => WorkerCounts) => void;
}

/** Told to stop, a worker lets the sessions under way end for so long, and then says QUIT. */
const END_WITHIN_MS = 20_000;

/**
 * Makes visits until it is told to stop, or has no address left. Throws usage errors, and
 * `redis-unreachable`, before it takes one.
 */
export async function runWorker({
  version,
  redis,
  own,
  concurrency,
  timing = QUEUE_TIMING,
  stateDir,
  signal,
  onNote,
  onStart,
}: WorkerOptions): Promise<WorkerResult> {
  for (const source of own.sources) {
    if (await holdsAddress(source)) continue;
    throw usageError(
      'bad-source-ip',
      `This machine does not have the address ${source}.`,
      'See which it has: ip address',
    );
  }
  const startedAt = new Date().toISOString();
  const link = await connectRedis(redis, onNote);
  const worker = new VisitWorker(link, {
    own,
    dialer: politeDialer(systemRunsFolder(stateDir)),
    clock: systemClock,
    holdsAddress,
    timing,
    concurrency,
    endWithinMs: END_WITHIN_MS,
    onNote,
  });
  onStart(link.label, () => worker.counts);
  await worker.run(signal);
  const { visits, missed, refused } = worker.counts;
  return {
    schema: 'greyprobe.worker-result.v1',
    version,
    startedAt,
    finishedAt: new Date().toISOString(),
    redis: link.label,
    sources: [...own.sources],
    ended: signal.aborted ? 'stopped' : 'source-lost',
    visits,
    missed,
    refused,
  };
}
