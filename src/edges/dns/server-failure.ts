import { errorCode } from '../../model/errors.js';

export type ServerFailureKind =
  | 'timeout'
  | 'refused'
  | 'unreachable'
  | 'closed'
  | 'unreadable'
  | 'tls'
  | 'http'
  | 'response-code';

/** One DNS server gave no usable answer. `says` completes a sentence: "The DNS server X ...". */
export class ServerFailure extends Error {
  override readonly name = 'ServerFailure';
  readonly kind: ServerFailureKind;
  readonly says: string;

  constructor(kind: ServerFailureKind, says: string, options?: { cause?: unknown }) {
    super(says, options);
    this.kind = kind;
    this.says = says;
  }
}

/** Turns an error of a socket into a failure of its server. */
export function serverFailureOf(error: unknown): ServerFailure {
  if (error instanceof ServerFailure) return error;
  const code = errorCode(error);
  const [kind, says] = SOCKET_FAILURES[code] ?? [
    'unreachable',
    `could not be reached (${code || 'network error'})`,
  ];
  return new ServerFailure(kind, says, { cause: error });
}

const CLOSED = ['closed', 'closed the connection before it answered'] as const;
const NAMELESS = ['unreachable', 'has a name that the system cannot resolve'] as const;
const SOCKET_FAILURES: Readonly<Record<string, readonly [kind: ServerFailureKind, says: string]>> =
  {
    ECONNREFUSED: ['refused', 'refused the connection'],
    ECONNRESET: CLOSED,
    EPIPE: CLOSED,
    ENOTFOUND: NAMELESS,
    EAI_AGAIN: NAMELESS,
    ETIMEDOUT: ['timeout', 'did not answer'],
  };

/** TLS errors carry codes of their own; what is no socket error happened in the handshake. */
export function tlsFailure(error: unknown): ServerFailure {
  if (error instanceof ServerFailure) return error;
  const code = errorCode(error);
  // EPROTO is no error of the network: node:https calls input so that is no TLS at all.
  if (code !== 'EPROTO' && /^(?:E[A-Z]+|EAI_AGAIN)$/u.test(code)) return serverFailureOf(error);
  const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
  return new ServerFailure(
    'tls',
    CERTIFICATE_CODES.test(code)
      ? `has a certificate that does not verify (${code})`
      : `failed in the TLS handshake (${code || reason})`,
    { cause: error },
  );
}

const CERTIFICATE_CODES = /CERT|SELF_SIGNED|UNABLE_TO_|ALTNAME|HOSTNAME_MISMATCH/u;
