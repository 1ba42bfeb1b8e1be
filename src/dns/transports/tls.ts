import { connect } from 'node:tls';
import { tlsFailure } from '../server-failure.js';
import { askOverStream } from './stream.js';
import type { Transport } from './transport.js';

/**
 * DNS over TLS (RFC 7858), one connection for each query. The certificate must verify for the
 * host, by name or by address. A name is resolved by the system. `ca`: PEM, instead of the
 * certificate authorities that Node.js trusts.
 */
export function tlsTransport(host: string, port: number, ca?: string): Transport {
  return async (query, signal) => {
    signal.throwIfAborted();
    const socket = connect({ host, port, ...(ca === undefined ? {} : { ca }) });
    return askOverStream(socket, 'secureConnect', tlsFailure, query, signal);
  };
}
