import { connect } from 'node:net';
import { socketFailure } from '../server-failure.js';
import { askOverStream } from './stream.js';
import type { Transport } from './transport.js';

/** DNS over TCP (RFC 7766), one connection for each query. */
export function tcpTransport(address: string, port: number): Transport {
  return async (query, signal) => {
    signal.throwIfAborted();
    const socket = connect({ host: address, port, noDelay: true });
    return askOverStream(socket, 'connect', socketFailure, query, signal);
  };
}
