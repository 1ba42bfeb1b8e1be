import type { Attempt, RunState } from '../run/state.js';
import { elapsedSeconds } from '../window/elapsed.js';
import { PURPOSES } from './purposes.js';

/*
 * How long before a tuple meets the list its turn has to begin. On a line of 200 ms one way seconds pass
 * from the start of a connection to RCPT, and a step just above a delay would come that much late.
 */

/** What the steps allow for: a line so quick needs no lead. */
const ALLOWED_FOR_SECONDS = 0.5;

type Purpose = keyof typeof PURPOSES;

/**
 * From the start of a connection until its first aged tuple is asked about: the least of such connections,
 * or of all where there was none, since a tuple that comes too early tells less than one that comes late.
 * Connections begun at 10 s and 30 s, retries sent at 13.1 s and 33.3 s -> 2.6 s.
 */
export function connectionLead(state: RunState, purpose: Purpose): number {
  const begun = state.attempts.flatMap((attempt) => {
    const session = state.sessions[attempt.session - 1];
    if (session === undefined || attempt.end === null) return [];
    const { low } = elapsedSeconds(session.started, attempt.end.sent);
    return [{ attempt, seconds: low, purpose: session.purpose }];
  });
  const alike = begun.filter(
    (one) => one.purpose === PURPOSES[purpose] && one.attempt.role !== 'control',
  );
  return leadOf((alike.length > 0 ? alike : begun).map(({ seconds }) => seconds));
}

/** The same from the start of a transaction of an open connection, RSET and MAIL before it. */
export function transactionLead({ attempts }: RunState): number {
  return leadOf(
    attempts.flatMap((attempt, index) =>
      attempt.end === null || isFirst(attempt, attempts[index - 1])
        ? []
        : [elapsedSeconds(attempt.started, attempt.end.sent).low],
    ),
  );
}

function isFirst(attempt: Attempt, before: Attempt | undefined): boolean {
  return attempt.session !== before?.session;
}

function leadOf(seconds: readonly number[]): number {
  const least = seconds.length === 0 ? 0 : Math.min(...seconds);
  return Math.max(0, least - ALLOWED_FOR_SECONDS);
}
