import { errorCode } from '../../model/errors.js';
import { machineLimit } from '../../model/machine-limits.js';
import type { Failure, FailureCode } from '../../model/smtp.js';

/** The end of a connection that we wanted, as seen from Node.js, with the name of what was awaited. */
export interface ConnectionTarget {
  readonly address: string;
  readonly port: number;
  readonly sourceAddress: string | null;
}

/** Failure codes for the error codes of Node.js and the operating system; others are this machine's affair. */
const FAILURE_OF_ERROR: Readonly<Record<string, FailureCode>> = {
  ECONNREFUSED: 'connection-refused',
  ECONNRESET: 'connection-reset',
  ECONNABORTED: 'connection-reset',
  EPIPE: 'connection-closed',
  ETIMEDOUT: 'timeout',
  EHOSTUNREACH: 'host-unreachable',
  EHOSTDOWN: 'host-unreachable',
  ENETUNREACH: 'host-unreachable',
  EAFNOSUPPORT: 'host-unreachable',
};

/** These blame the source address when the user chose one. */
const SOURCE_ADDRESS_ERRORS: ReadonlySet<string> = new Set([
  'EADDRNOTAVAIL',
  'EINVAL',
  'EADDRINUSE',
  'EAFNOSUPPORT',
  'ERR_INVALID_IP_ADDRESS',
]);

/** A failure for an error of the socket. `awaited` says what we waited for: `the reply to MAIL`. */
export function socketFailure(error: unknown, target: ConnectionTarget, awaited: string): Failure {
  const cause = errorCode(error);
  if (target.sourceAddress !== null && SOURCE_ADDRESS_ERRORS.has(cause)) {
    return {
      code: 'source-address',
      message: `Cannot connect to ${target.address} from ${target.sourceAddress} (${cause}): it must be an address of this machine, of the same family.`,
    };
  }
  const limit = machineLimit(cause);
  if (limit !== null) {
    return {
      code: 'machine-limit',
      message: `This machine could not go on with the connection to ${target.address}: ${limit}.`,
    };
  }
  const code = FAILURE_OF_ERROR[cause] ?? (isTls(cause) ? 'tls-failed' : 'network');
  return { code, message: sentence(code, cause, error, target, awaited) };
}

function sentence(
  code: FailureCode,
  cause: string,
  error: unknown,
  { address, port }: ConnectionTarget,
  awaited: string,
): string {
  switch (code) {
    case 'connection-refused':
      return `${address} refused the connection to port ${port}.`;
    case 'connection-reset':
      return `${address} reset the connection before ${awaited}.`;
    case 'connection-closed':
      return closedMessage(address, awaited);
    case 'timeout':
      return `${address} port ${port} did not answer: the network timed out before ${awaited}.`;
    case 'host-unreachable':
      return `There is no route to ${address} (${cause}).`;
    case 'tls-failed':
      return `TLS with ${address} broke before ${awaited} (${cause}). Try --tls never to go without TLS.`;
    default:
      return `The connection to ${address} port ${port} failed before ${awaited}: ${error instanceof Error ? error.message.trim() : String(error)}.`;
  }
}

/** OpenSSL's alerts, for example about a client certificate that is missing: TLS 1.3 sends them late. */
function isTls(cause: string): boolean {
  return cause.startsWith('ERR_SSL_') || cause.startsWith('ERR_TLS_');
}

/** The sentence for a server that hung up. */
export function closedMessage(address: string, awaited: string): string {
  return `${address} closed the connection before ${awaited}.`;
}
