import type { Hypothesis } from '../greylist/hypothesis.js';
import type { PinnedHost } from '../model/mail-host.js';
import { ageSeconds, type Exposure } from '../window/elapsed.js';
import type { AgedObservation } from '../window/infer.js';
import type { Attempt, AttemptEnd, RunState, TupleHistory } from './state.js';

/** An attempt that ended, with what the server's memory can know of its tuple. */
export interface SeenAttempt {
  readonly attempt: Attempt;
  readonly end: AttemptEnd;
  /** The first attempt of its tuple at this host. */
  readonly fresh: boolean;
  /** Since the tuple's first attempt; zero when fresh. */
  readonly age: AgedObservation['age'];
  /** Null when fresh. */
  readonly aged: AgedObservation | null;
  /** The tuple had been accepted before: what it gets now says nothing about the window. */
  readonly passedBefore: boolean;
}

/** Reads the meaning of a deferral; injected so that the fold stays free of the catalogue. */
export type Reader = (attempt: Attempt, end: AttemptEnd) => readonly Hypothesis[];

/** All attempts at one host that ended with a reply, in order, with the ages of their tuples. */
export function seenAttempts(state: RunState, host: PinnedHost): readonly SeenAttempt[] {
  const seen: SeenAttempt[] = [];
  for (const history of state.histories.values()) {
    if (sameHost(history.host, host)) seen.push(...seenOfTuple(history));
  }
  return seen.sort((a, b) => a.attempt.n - b.attempt.n);
}

export function sameHost(a: PinnedHost, b: PinnedHost): boolean {
  return a.address === b.address && a.port === b.port;
}

/**
 * A tuple whose first attempt has no known end (the process was killed, the connection broke after
 * RCPT) is left out: nobody knows whether the server has seen it.
 */
function seenOfTuple(history: TupleHistory): readonly SeenAttempt[] {
  const seen: SeenAttempt[] = [];
  let first: Exposure | null = null;
  let previous: Exposure | null = null;
  let passedBefore = false;
  let doubtful = false;
  for (const attempt of history.attempts) {
    const { end } = attempt;
    if (end === null || end.reply === null) {
      // It may have reached the server: as a first attempt it spoils the tuple, later it may have
      // been one more early try, so the gap before the next one is at most known from above.
      if (mayHaveBeenSeen(end)) {
        if (first === null) return [];
        doubtful = true;
      }
      continue;
    }
    if (!reachedTheTuple(end)) continue;
    if (first === null || previous === null) {
      seen.push({ attempt, end, fresh: true, age: { low: 0, high: 0 }, aged: null, passedBefore });
      first = end;
    } else {
      const age = ageSeconds(first, end);
      const gap = ageSeconds(previous, end);
      const aged: AgedObservation = {
        attempt: attempt.n,
        tuple: attempt.tuple.id,
        age,
        gap: doubtful ? { low: 0, high: gap.high } : gap,
        previousAge: previous === first ? (doubtful ? age : null) : ageSeconds(first, previous),
        accepted: end.outcome === 'accepted',
      };
      seen.push({ attempt, end, fresh: false, age, aged, passedBefore });
    }
    previous = end;
    if (end.outcome === 'accepted') passedBefore = true;
  }
  return seen;
}

/** The server knew sender and recipient: a greylister can have recorded the tuple. */
function reachedTheTuple(end: AttemptEnd): boolean {
  return (
    end.stage === 'mail' || end.stage === 'rcpt' || end.stage === 'data' || end.stage === 'message'
  );
}

function mayHaveBeenSeen(end: AttemptEnd | null): boolean {
  return end === null || reachedTheTuple(end);
}

/**
 * What the window can be inferred from: refusals that may be greylisting, and first acceptances.
 *
 * Where a fresh tuple was accepted after the first pass, the pass may have let the whole client
 * through: acceptances after it prove nothing and are left out.
 */
export function windowObservations(
  seen: readonly SeenAttempt[],
  looksOther: (seen: SeenAttempt) => boolean,
): readonly AgedObservation[] {
  const opened = firstPass(seen);
  const clientLetIn = opened !== null && freshAcceptedAfter(seen, opened);
  return seen.flatMap((one) => {
    if (one.aged === null || one.passedBefore) return [];
    if (one.end.outcome === 'accepted') {
      return clientLetIn && one !== opened ? [] : [one.aged];
    }
    return one.end.outcome === 'deferred' && !looksOther(one) ? [one.aged] : [];
  });
}

/**
 * The same attempts as a list that is keyed by client address would see them: one tuple, whatever
 * the senders. Ends with the first acceptance, since such a list then knows the client.
 */
export function pooledObservations(
  seen: readonly SeenAttempt[],
  looksOther: (seen: SeenAttempt) => boolean,
): readonly AgedObservation[] {
  const pooled: AgedObservation[] = [];
  const counted = seen.filter((one) => one.end.outcome !== 'deferred' || !looksOther(one));
  const [first] = counted;
  for (const [index, one] of counted.entries()) {
    const previous = counted[index - 1];
    if (first === undefined || previous === undefined) continue;
    const accepted = one.end.outcome === 'accepted';
    pooled.push({
      attempt: one.attempt.n,
      tuple: 'client',
      age: ageSeconds(first.end, one.end),
      gap: ageSeconds(previous.end, one.end),
      previousAge: previous === first ? null : ageSeconds(first.end, previous.end),
      accepted,
    });
    if (accepted) break;
  }
  return pooled;
}

/** The first attempt at which an aged tuple was accepted. */
export function firstPass(seen: readonly SeenAttempt[]): SeenAttempt | null {
  return seen.find((one) => one.aged !== null && one.end.outcome === 'accepted') ?? null;
}

/** A fresh tuple was accepted after the pass: the pass opened the way for more than its tuple. */
export function freshAcceptedAfter(seen: readonly SeenAttempt[], pass: SeenAttempt): boolean {
  return seen.some(
    (one) => one.fresh && one.end.outcome === 'accepted' && one.attempt.n > pass.attempt.n,
  );
}
