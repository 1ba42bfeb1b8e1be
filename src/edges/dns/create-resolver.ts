import { getServers } from 'node:dns';
import type { Resolver } from '../../model/ports/resolver.js';
import { parseResolverEndpoint, type ResolverEndpoint } from '../../model/values/endpoint.js';
import { openServer } from './server.js';
import { type StubLimits, StubResolver } from './stub-resolver.js';

export interface ResolverOptions {
  /** Time limits and the like, where they differ from the defaults. */
  readonly limits?: Partial<StubLimits>;
  /** PEM certificates to trust for tls:// and https:// instead of those of Node.js. */
  readonly ca?: string;
}

const UDP_LIMITS: StubLimits = { tryMs: 2500, rounds: 2, totalMs: 15_000, concurrency: 16 };
/** Streams need more round trips before the first answer, and lose nothing on the way. */
const STREAM_LIMITS: StubLimits = { tryMs: 5000, rounds: 1, totalMs: 15_000, concurrency: 4 };

/** For the name of an endpoint: short enough that the sentence about it comes before its own limit. */
const NAME_LIMITS: StubLimits = { tryMs: 1500, rounds: 1, totalMs: 4000, concurrency: 2 };

/** A resolver that asks the server at `endpoint`, or the system's servers in turn when it is null. */
export function createResolver(
  endpoint: ResolverEndpoint | null,
  options: ResolverOptions = {},
): Resolver {
  const endpoints = endpoint === null ? systemServers() : [endpoint];
  const defaults = endpoint === null || endpoint.kind === 'udp' ? UDP_LIMITS : STREAM_LIMITS;
  const names = endpoint?.kind === 'tls' || endpoint?.kind === 'https' ? systemNames() : null;
  return new StubResolver(
    endpoints.map((one) => openServer(one, { ca: options.ca, names })),
    { ...defaults, ...options.limits },
  );
}

/** The system's servers, for the name of a server that is to be asked instead of them. */
function systemNames(): Resolver {
  const servers = systemServers().map((one) => openServer(one));
  return new StubResolver(servers, NAME_LIMITS);
}

/** The system's resolver library takes no more than three either. */
const MAX_SERVERS = 3;

/** The DNS servers that the system is configured with, in its order. Perhaps none. */
export function systemServers(configured: readonly string[] = getServers()): ResolverEndpoint[] {
  return configured.slice(0, MAX_SERVERS).flatMap((server) => {
    try {
      return [parseResolverEndpoint(server)];
    } catch {
      return [];
    }
  });
}
