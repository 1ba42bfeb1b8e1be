import { isIP } from 'node:net';
import type { Clock } from '../../model/ports/clock.js';
import type { Dialer, Dialled, DialRequest, Transcript } from '../../model/ports/dialer.js';
import type { TransactionEnd } from '../../model/smtp.js';
import type { ClockReading } from '../../model/time.js';
import { openSession } from './opening.js';
import { SmtpSession } from './session.js';
import { Wire } from './wire.js';

/** What a dialer needs; `transcript` sees every line of every session. */
export interface DialerOptions {
  readonly clock: Clock;
  readonly transcript?: Transcript;
}

/** Opens SMTP sessions over TCP, with smtp-client as the engine. */
export function createDialer({ clock, transcript = () => {} }: DialerOptions): Dialer {
  return {
    dial: (request, signal) => dial(request, clock, transcript, signal),
  };
}

/** `signal` holds for the session as well: it ends a transaction that is under way. */
async function dial(
  request: DialRequest,
  clock: Clock,
  transcript: Transcript,
  signal: AbortSignal | undefined,
): Promise<Dialled> {
  const sent = clock.read();
  const problem = problemOf(request);
  if (problem !== null) return { session: null, end: notDialled(problem, sent) };
  const wire = new Wire(request, clock, signal, transcript);
  const { facts, ended } = await openSession(wire, request);
  if (facts !== null) {
    return { session: new SmtpSession(wire, facts, request.timeoutMs), end: null };
  }
  await wire.hangUp(request.timeoutMs);
  const { reply, failure, at } = ended.answer;
  return { session: null, end: { stage: ended.stage, reply, failure, sent, replied: at } };
}

/** Why a request cannot be dialled at all. Its parts are checked before; this is the last guard. */
function problemOf({ address, port, helo }: DialRequest): string | null {
  if (isIP(address) === 0) return `'${address}' is not an IP address.`;
  if (!Number.isInteger(port) || port < 1 || port > 65_535) return `${port} is not a port.`;
  return /^[\x21-\x7e]+$/.test(helo) ? null : 'The HELO name has characters that cannot be sent.';
}

function notDialled(message: string, at: ClockReading): TransactionEnd {
  return {
    stage: 'connect',
    reply: null,
    failure: { code: 'network', message },
    sent: at,
    replied: at,
  };
}
