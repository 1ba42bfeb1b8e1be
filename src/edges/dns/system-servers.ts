import { getServers } from 'node:dns';
import { parseResolverEndpoint, type ResolverEndpoint } from '../../model/values/endpoint.js';

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
