import type { Resolver } from '../ports/resolver.js';
import type { ResolverEndpoint } from '../values/endpoint.js';
import { openServer } from './server.js';
import { type StubLimits, StubResolver } from './stub-resolver.js';
import { systemServers } from './system-servers.js';

export interface ResolverOptions {
  /** Time limits and the like, where they differ from the defaults. */
  readonly limits?: Partial<StubLimits>;
  /** PEM certificates to trust for tls:// and https:// instead of those of Node.js. */
  readonly ca?: string;
}

const UDP_LIMITS: StubLimits = { tryMs: 2500, rounds: 2, totalMs: 15_000, concurrency: 16 };
/** Streams need more round trips before the first answer, and lose nothing on the way. */
const STREAM_LIMITS: StubLimits = { tryMs: 5000, rounds: 1, totalMs: 15_000, concurrency: 4 };

/** A resolver that asks the server at `endpoint`, or the system's servers in turn when it is null. */
export function createResolver(
  endpoint: ResolverEndpoint | null,
  options: ResolverOptions = {},
): Resolver {
  const endpoints = endpoint === null ? systemServers() : [endpoint];
  const defaults = endpoint === null || endpoint.kind === 'udp' ? UDP_LIMITS : STREAM_LIMITS;
  return new StubResolver(
    endpoints.map((one) => openServer(one, options.ca)),
    { ...defaults, ...options.limits },
  );
}
