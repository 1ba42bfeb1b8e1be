import { randomInt } from 'node:crypto';
import type { RecordType, Resolver } from '../../model/ports/resolver.js';
import { endpointLabel, type ResolverEndpoint } from '../../model/values/endpoint.js';
import { encodeQuery } from './query.js';
import type { DnsResponse } from './response.js';
import { ServerFailure } from './server-failure.js';
import { withinTime } from './time-limit.js';
import type { Transport } from './transports/transport.js';

/** A server that can be asked; every transport try takes at most `limitMs`. */
export interface DnsServer {
  readonly label: string;
  /** Rejects with `ServerFailure`, or with the signal's reason. Response codes are not judged. */
  ask(name: string, type: RecordType, limitMs: number, signal?: AbortSignal): Promise<DnsResponse>;
}

/** `whole` takes over when an answer of `first` is truncated. */
interface Transports {
  readonly first: Transport;
  readonly whole: Transport | null;
}

export interface ServerOptions {
  /** PEM certificates to trust instead of those of Node.js. */
  readonly ca?: string | undefined;
  /** Asked for the name of the endpoint itself; without it, the hosts file alone is read. */
  readonly names?: Resolver | null;
}

/** A server at an endpoint. */
export function openServer(endpoint: ResolverEndpoint, options: ServerOptions = {}): DnsServer {
  // HTTPS needs no id against forgers, and caches like it constant (RFC 8484 §4.1).
  const drawId = endpoint.kind === 'https' ? () => 0 : () => randomInt(0x10000);
  let transports: Promise<Transports> | null = null;
  let edns = true;

  async function once(
    name: string,
    type: RecordType,
    limitMs: number,
    signal: AbortSignal | undefined,
  ): Promise<DnsResponse> {
    transports ??= loadTransports(endpoint, options);
    const { first, whole } = await transports;
    const send = (transport: Transport) =>
      withinTime(limitMs, signal, (limited) =>
        transport(encodeQuery(name, type, { id: drawId(), edns }), limited),
      );
    const response = await send(first);
    if (!response.truncated) return response;
    const longer = whole === null ? response : await send(whole).catch(afterTruncation);
    if (longer.truncated) throw new ServerFailure('unreadable', 'truncates its answers over TCP');
    return longer;
  }

  return {
    label: endpointLabel(endpoint),
    async ask(name, type, limitMs, signal) {
      const response = await once(name, type, limitMs, signal);
      if (!edns || !EDNS_NOT_UNDERSTOOD.has(response.responseCode)) return response;
      // RFC 6891 §7: a server from before EDNS; ask it in the old way from now on.
      edns = false;
      return once(name, type, limitMs, signal);
    },
  };
}

/** Says over which transport the server failed: over the other one it answers. */
function afterTruncation(error: unknown): never {
  if (!(error instanceof ServerFailure)) throw error;
  const says = `truncated its answer over UDP, and over TCP it ${error.says}`;
  throw new ServerFailure(error.kind, says, { cause: error });
}

const EDNS_NOT_UNDERSTOOD: ReadonlySet<string> = new Set(['FORMERR', 'NOTIMP', 'BADVERS']);

/** Loads only the transports that the endpoint needs: node:https alone costs several ms. */
async function loadTransports(
  endpoint: ResolverEndpoint,
  { ca, names = null }: ServerOptions,
): Promise<Transports> {
  switch (endpoint.kind) {
    case 'udp': {
      const { udpTransport } = await import('./transports/udp.js');
      const { tcpTransport } = await import('./transports/stream.js');
      return {
        first: udpTransport(endpoint.address, endpoint.port),
        whole: tcpTransport(endpoint.address, endpoint.port),
      };
    }
    case 'tcp': {
      const { tcpTransport } = await import('./transports/stream.js');
      return { first: tcpTransport(endpoint.address, endpoint.port), whole: null };
    }
    case 'tls': {
      const { tlsTransport } = await import('./transports/tls.js');
      const { endpointFinder } = await import('./endpoint-addresses.js');
      const find = endpointFinder(endpoint.host, names);
      return { first: tlsTransport(endpoint.host, endpoint.port, find, ca), whole: null };
    }
    case 'https': {
      const { httpsTransport } = await import('./transports/https.js');
      const { endpointFinder } = await import('./endpoint-addresses.js');
      const find = endpointFinder(hostOf(endpoint.url), names);
      return { first: httpsTransport(endpoint.url, find, ca), whole: null };
    }
  }
}

/** The host of an address on the web, an IPv6 address without its brackets. */
function hostOf(url: string): string {
  return new URL(url).hostname.replace(/^\[|\]$/gu, '');
}
