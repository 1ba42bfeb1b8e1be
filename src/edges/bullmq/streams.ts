import { setTimeout as delay } from 'node:timers/promises';
import type { Redis } from 'ioredis';

const BLOCK_MS = 2000;
const LOOK_AGAIN_MS = 500;
const AT_A_TIME = 500;
/** Who does not read for so long loses what was written first. */
const MOST_KEPT = 50_000;

/** Writes a message at the end of a stream. */
export async function writeTo(redis: Redis, stream: string, message: unknown): Promise<void> {
  await redis.xadd(stream, 'MAXLEN', '~', MOST_KEPT, '*', 'm', JSON.stringify(message));
}

/** Reads a stream from its beginning, one message after the other, until the signal aborts. */
export async function readStream(
  redis: Redis,
  stream: string,
  signal: AbortSignal,
  onMessage: (written: string | undefined) => void,
): Promise<void> {
  signal.addEventListener('abort', () => redis.disconnect(), { once: true });
  let last = '0-0';
  while (!signal.aborted) {
    const read = await redis
      .xread('COUNT', AT_A_TIME, 'BLOCK', BLOCK_MS, 'STREAMS', stream, last)

      .catch(() => undefined);
    // What is wrong with the Redis all others hear who ask it; this one looks again.
    if (read === undefined) await delay(LOOK_AGAIN_MS, undefined, { signal }).catch(() => {});
    for (const [id, [, written]] of read?.[0]?.[1] ?? []) {
      last = id;
      onMessage(written);
    }
  }
}
