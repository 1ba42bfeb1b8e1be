import { connect } from 'node:tls';
import type { FindEndpoint } from '../endpoint-addresses.js';
import { tlsFailure } from '../server-failure.js';
import { askOverStream } from './stream.js';
import type { Transport } from './transport.js';

/**
 * DNS over TLS (RFC 7858), one connection for each query. The certificate must verify for the
 * host, by name or by address. `find` says where it is. `ca`: PEM, instead of the certificate
 * authorities that Node.js trusts.
 */
export function tlsTransport(
  host: string,
  port: number,
  find: FindEndpoint,
  ca?: string,
): Transport {
  return async (query, signal) => {
    signal.throwIfAborted();
    const lookup = await find(signal);
    const socket = connect({ host, port, lookup, ...(ca === undefined ? {} : { ca }) });
    return askOverStream(socket, 'secureConnect', tlsFailure, query, signal);
  };
}
