import { isIP } from 'node:net';
import {
  type ConnectionOptions,
  checkServerIdentity,
  type PeerCertificate,
  TLSSocket,
} from 'node:tls';
import { errorCode } from '../../model/errors.js';
import type { TlsFacts } from '../../model/ports/dialer.js';
import type { Failure } from '../../model/smtp.js';
import type { Client } from './client.js';

/**
 * Options for a handshake that protects where it can and refuses nobody (RFC 7435): the certificate
 * is looked at but not asked to hold, nor asked for (mail hosts may have none), and the old protocols
 * of old mail hosts will do, since the other choice is no protection at all.
 */
export function handshakeOptions(hostName: string | null): ConnectionOptions {
  return {
    rejectUnauthorized: false,
    minVersion: 'TLSv1',
    ciphers: 'ALL@SECLEVEL=0',
    checkServerIdentity: identityProblem,
    // RFC 6066 §3: no address literals in SNI.
    ...(hostName === null || isIP(hostName) !== 0 ? {} : { servername: hostName }),
  };
}

/** What the handshake agreed on; null when the client's socket is not a TLS one. */
export function tlsFactsOf(client: Client): TlsFacts | null {
  const { socket } = client;
  if (!(socket instanceof TLSSocket)) return null;
  return {
    protocol: socket.getProtocol() ?? 'unknown',
    cipher: socket.getCipher().name,
    verified: socket.authorized,
  };
}

/** A failed handshake, told so that a reader knows what to try next. */
export function handshakeFailure(error: unknown, address: string): Failure {
  const code = errorCode(error);
  // OpenSSL's name for input that is no TLS record at all.
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER') {
    return plaintextInjected(address);
  }
  const reason = code === '' ? (error instanceof Error ? error.message : String(error)) : code;
  return {
    code: 'tls-failed',
    message: `The TLS handshake with ${address} failed (${reason}). Try --tls never to go without TLS.`,
  };
}

export function plaintextInjected(address: string): Failure {
  return {
    code: 'tls-plaintext-injected',
    message: `${address} sent plain text between its reply to STARTTLS and the TLS handshake: somebody may be tampering with the connection.`,
  };
}

/** Node's check, but a certificate that it cannot even read counts as one that does not hold. */
function identityProblem(hostName: string, certificate: PeerCertificate): Error | undefined {
  try {
    return checkServerIdentity(hostName, certificate);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
