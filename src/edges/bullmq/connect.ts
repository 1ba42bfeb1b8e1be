import type { Redis } from 'ioredis';
import { GreyprobeError } from '../../model/errors.js';
import { EXIT } from '../../model/exit-codes.js';
import { escapeControl } from '../../model/values/escape.js';
import type { RedisUrl } from '../../model/values/redis-url.js';
import { loadQueueLibraries, type QueueLibraries } from './libraries.js';

/** A Redis that answers, and what talks to it. */
export interface RedisLink {
  readonly label: string;
  readonly libraries: QueueLibraries;
  /** For all that does not wait. */
  readonly redis: Redis;
  /** Another connection, for one that waits; closed with the link. */
  readonly another: () => Redis;
  readonly close: () => void;
}

const CONNECT_WITHIN_MS = 10_000;
const LONGEST_RETRY_MS = 2000;

/**
 * Connects. What is asked while the Redis is away is asked again when it is back. Throws
 * `queue-not-installed` and `redis-unreachable`; neither holds a password.
 */
export async function connectRedis(
  { url, label }: RedisUrl,
  onNote: (note: string) => void = () => {},
): Promise<RedisLink> {
  const libraries = loadQueueLibraries();
  const open: Redis[] = [];
  let isAway = false;
  const away = (error: Error) => {
    if (isAway) return;
    isAway = true;
    onNote(
      `The Redis at ${label} is away (${reasonOf(error)}); it is tried again until it is back.`,
    );
  };
  const back = () => {
    if (isAway) onNote(`The Redis at ${label} is back.`);
    isAway = false;
  };
  const connection = () => {
    const redis = new libraries.ioredis.Redis(url, {
      lazyConnect: true,
      connectTimeout: CONNECT_WITHIN_MS,
      maxRetriesPerRequest: null,
      retryStrategy: (times) => Math.min(100 * times, LONGEST_RETRY_MS),
    });
    open.push(redis);
    return redis;
  };
  const first = connection();
  const close = () => {
    for (const redis of open) redis.disconnect();
  };
  let problem: unknown = null;
  const keep = (error: Error) => {
    problem ??= error;
  };
  first.on('error', keep);
  try {
    await first.connect();
    await first.ping();
  } catch (error) {
    close();
    throw unreachable(label, problem ?? error);
  }
  first.off('error', keep).on('error', away).on('ready', back);
  const another = () => connection().on('error', away);
  return { label, libraries, redis: first, another, close };
}

function unreachable(label: string, error: unknown): GreyprobeError {
  return new GreyprobeError('redis-unreachable', `No Redis at ${label}: ${reasonOf(error)}.`, {
    exit: EXIT.unreachable,
    suggestions: [
      'See whether it runs and may be reached from here: redis-cli -u <url> ping',
      'A password belongs into GREYPROBE_REDIS_URL, or into the file that --redis names.',
    ],
  });
}

/** It answers, and does not do what it must: it may only read, say, or its memory is full. */
export function redisFailed(label: string, error: unknown): GreyprobeError {
  if (error instanceof GreyprobeError) return error;
  return new GreyprobeError(
    'redis-failed',
    `The Redis at ${label} does not do its part: ${reasonOf(error)}.`,
    {
      exit: EXIT.unreachable,
      cause: error,
      suggestions: ['See what is wrong with it: greyprobe doctor --redis <url>'],
    },
  );
}

/** In a few words, of which none is ours to hide: commands and their arguments are left out. */
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : '';
  return escapeControl(message === '' ? 'it closes the connection' : message.replace(/\.$/u, ''));
}
