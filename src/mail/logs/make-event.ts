import type { LoggedAttempt, LoggedDecision, LogSourceId } from './events.js';

type Known<T> = Partial<Omit<T, 'kind'>> & { readonly source: LogSourceId };

/** An attempt of which only the given parts are known. */
export function attempt(
  known: Known<LoggedAttempt> & Pick<LoggedAttempt, 'outcome'>,
): LoggedAttempt {
  return {
    kind: 'attempt',
    when: null,
    logHost: null,
    instance: null,
    message: null,
    recipient: null,
    sender: null,
    host: null,
    address: null,
    localAddress: null,
    sinceArrivalSeconds: null,
    arrivedAt: null,
    durationSeconds: null,
    ...known,
  };
}

/** A decision of which only the given parts are known. */
export function decision(
  known: Known<LoggedDecision> & Pick<LoggedDecision, 'decided'>,
): LoggedDecision {
  return {
    kind: 'decision',
    when: null,
    logHost: null,
    instance: null,
    message: null,
    greylister: null,
    client: null,
    clientAddress: null,
    sender: null,
    recipient: null,
    ageSeconds: null,
    missingSeconds: null,
    early: false,
    reply: null,
    codeAssumed: false,
    stage: null,
    ...known,
  };
}
