import { readSmallFile } from '../../edges/system/read-bytes.js';
import { cannotRead } from '../../edges/system/system-error.js';
import { usageError } from '../../model/errors.js';
import { parseRedisUrl, type RedisUrl } from '../../model/values/redis-url.js';

const LARGEST_BYTES = 4096;

/**
 * The Redis that is meant: by a URL or a file that holds one, else by the environment; null: none. A
 * password on the command line is refused: all users of a machine can list its processes.
 */
export function redisFrom(
  given: string | undefined,
  environment: NodeJS.ProcessEnv = process.env,
): RedisUrl | null {
  if (given === undefined) {
    const url = environment['GREYPROBE_REDIS_URL'] ?? '';
    return url === '' ? null : parseRedisUrl(url);
  }
  if (!given.includes('://')) return parseRedisUrl(textOf(given));
  const url = parseRedisUrl(given);
  if (!url.hasPassword) return url;
  throw usageError(
    'redis-password-shown',
    'The URL on the command line holds a user name or a password, which everybody on this machine can read.',
    'Set GREYPROBE_REDIS_URL to the URL, or write it into a file that only you can read, and name that: --redis <file>',
    'Change the password: it may have been seen.',
  );
}

function textOf(path: string): string {
  try {
    return readSmallFile(path, LARGEST_BYTES).toString('utf8').trim();
  } catch (error) {
    throw cannotRead(path, error);
  }
}
