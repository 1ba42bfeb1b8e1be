import type { ProbeResult } from '../../contract/probe-result.js';

/** A mail host, and whether it answered. */
export interface ReachedHost {
  readonly name: string;
  /** Null: not shown. The DNS did not tell its addresses, or this machine has no way to them. */
  readonly reached: boolean | null;
  /** Why not, address by address; or where it answered. */
  readonly says: string;
}

/** What a run showed, as far as expectations look at it. */
export interface Observed {
  readonly result: ProbeResult;
  /** The mail host offered STARTTLS; null: no session got so far. */
  readonly tlsOffered: boolean | null;
  /** All mail hosts; null: they were not tried. */
  readonly reached: readonly ReachedHost[] | null;
  /** All mail hosts share what they know of senders; null: not measured. */
  readonly hostsShareState: boolean | null;
}

/** Why a run cannot be judged. */
export interface Obstacle {
  readonly reason:
    | 'not-yet'
    | 'running'
    | 'interrupted'
    | 'throttled'
    | 'unreachable'
    | 'inconclusive';
  readonly says: string;
}

/** What stands in the way of any judgement that rests on the run as a whole; null: nothing. */
export function obstacleOf({ state, reason, nextDueAt, verdict }: ProbeResult): Obstacle | null {
  if (state === 'paused' && reason === 'not-yet') {
    return { reason: 'not-yet', says: `the run waits for its next attempt at ${nextDueAt ?? '?'}` };
  }
  if (state === 'running') return { reason: 'running', says: 'another process drives this run' };
  if (state !== 'finished') return { reason: 'interrupted', says: 'the run was interrupted' };
  if (reason === 'throttled' && verdict.evidence.some(({ rule }) => rule === 'asked-to-stop')) {
    return { reason: 'throttled', says: verdict.summary };
  }
  if (reason === 'throttled') {
    return { reason: 'throttled', says: `the mail host asked to stop: ${verdict.summary}` };
  }
  if (verdict.kind === 'unreachable') return { reason: 'unreachable', says: verdict.summary };
  if (verdict.confidence === 'possible') return { reason: 'inconclusive', says: verdict.summary };
  return null;
}
