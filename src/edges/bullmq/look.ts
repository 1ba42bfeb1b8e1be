import { GreyprobeError } from '../../model/errors.js';
import type { RedisUrl } from '../../model/values/redis-url.js';
import { connectRedis, type RedisLink } from './connect.js';
import * as keys from './keys.js';

/** What can be wrong with the Redis of a survey. */
export interface RedisFacts {
  readonly label: string;
  readonly version: string;
  /** `noeviction`: what does not fit is refused, and nothing is thrown away. */
  readonly eviction: string;
  /** Keeps what it is told through a kill: the append-only file is on. */
  readonly appendOnly: boolean;
  /** Its clock less that of this machine, and how far that can be wrong. */
  readonly aheadMs: number;
  readonly withinMs: number;
  /** Addresses that a worker holds now. */
  readonly sources: readonly string[];
}

export type RedisTrial =
  | { readonly kind: 'answers'; readonly facts: RedisFacts }
  | { readonly kind: 'unusable'; readonly label: string; readonly error: GreyprobeError };

/** Looks at a Redis and changes nothing. */
export async function lookAtRedis(url: RedisUrl): Promise<RedisTrial> {
  let link: RedisLink | null = null;
  try {
    link = await connectRedis(url);
    return { kind: 'answers', facts: await factsOf(link) };
  } catch (error) {
    if (error instanceof GreyprobeError) return { kind: 'unusable', label: url.label, error };
    throw error;
  } finally {
    link?.close();
  }
}

async function factsOf({ redis, label }: RedisLink): Promise<RedisFacts> {
  const info = await redis.info();
  const field = (name: string) => new RegExp(`^${name}:(.*?)\\r?$`, 'mu').exec(info)?.[1] ?? '';
  const beforeMs = Date.now();
  const [seconds, micros] = await redis.time();
  const withinMs = (Date.now() - beforeMs) / 2;
  const aheadMs = Number(seconds) * 1000 + Number(micros) / 1000 - (beforeMs + withinMs);
  return {
    label,
    version: field('redis_version'),
    eviction: field('maxmemory_policy'),
    appendOnly: field('aof_enabled') === '1',
    aheadMs: Math.round(aheadMs),
    withinMs: Math.ceil(withinMs) + 1,
    sources: await redis.zrange(keys.SOURCES, '0', '-1'),
  };
}
