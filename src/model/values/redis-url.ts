import { type GreyprobeError, usageError } from '../errors.js';

/** Where a Redis is. `url` may hold a password: only `label` is ever shown. */
export interface RedisUrl {
  readonly url: string;
  /** `rediss://redis.example:6379/0`. */
  readonly label: string;
  readonly hasPassword: boolean;
}

const DEFAULT_PORT = '6379';

/** Reads `redis://` and `rediss://` (TLS) URLs. Throws `bad-redis-url`, which repeats nothing of them. */
export function parseRedisUrl(text: string): RedisUrl {
  if (!/^rediss?:\/\//iu.test(text) || !URL.canParse(text)) throw bad('That is no URL of a Redis.');
  const { protocol, hostname, port, pathname, username, password } = new URL(text);
  if (hostname === '') throw bad('The URL of the Redis names no host.');
  if (!/^\/?\d{0,5}$/u.test(pathname)) throw bad('Behind the host is the number of a database.');
  const database = pathname.replace('/', '') || '0';
  return {
    url: text,
    label: `${protocol}//${hostname}:${port || DEFAULT_PORT}/${database}`,
    hasPassword: password !== '' || username !== '',
  };
}

function bad(message: string): GreyprobeError {
  return usageError(
    'bad-redis-url',
    message,
    'Write redis://redis.example:6379 or rediss://redis.example:6380 (TLS).',
  );
}
