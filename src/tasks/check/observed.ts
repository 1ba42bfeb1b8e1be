import { buildResult } from '../../contract/build-result.js';
import type { ProbeResult } from '../../contract/probe-result.js';
import type { ProbeRequest } from '../../core/run/request.js';
import type { RunState } from '../../core/run/state.js';
import type { Dialer } from '../../model/ports/dialer.js';
import { withGreylistedBefore } from '../history/greylisted-before.js';
import { keptResults } from '../history/kept-results.js';
import type { Expectations } from './expectations.js';
import type { Measured } from './measure.js';
import { reachHosts } from './reach.js';

/**
 * Everything that expectations look at: what the run showed, and what only a look at the other mail
 * hosts shows, where that was asked for and the run has ended.
 */
export async function observedOf(
  measured: Measured,
  expectations: Expectations,
  context: {
    readonly dialer: Dialer;
    readonly signal?: AbortSignal;
    /** Where earlier runs are kept. */
    readonly runsFolder: string;
  },
): Promise<Observed> {
  const { state, version, others, hostsShareState } = measured;
  const looksAtAll = expectations.noHostUnreachable === true && state.finished !== null;
  return {
    result: withGreylistedBefore(buildResult(state, version), state.request, context.runsFolder),
    tlsOffered: tlsOffered(state),
    reached: looksAtAll ? await reachHosts(state, others, context.dialer, context.signal) : null,
    hostsShareState,
    inVisits: state.segment > 0,
    previous: expectations.unchanged === true ? previousOf(state, context.runsFolder) : null,
  };
}

/** The last run before this one of the same recipient, host and stage that says what the host does. */
function previousOf({ run, request, pinned, started }: RunState, folder: string) {
  const { recipient, stage, port } = request;
  const isAlike = (one: ProbeRequest, startedWallMs: number) =>
    one.recipient === recipient &&
    one.stage === stage &&
    one.port === port &&
    startedWallMs <= started.wallMs;
  for (const { result } of keptResults(folder, isAlike)) {
    const isOther = pinned !== null && result.pinned !== null && result.pinned.name !== pinned.name;
    if (result.run !== run && !isOther && obstacleOf(result) === null) return result;
  }
  return null;
}

/** What narrows a bracket that holds the limit. */
export function narrowing({ inVisits = false }: Observed): string {
  return inVisits
    ? 'nothing was tried between the visits: come back before the limit, or let one visit wait'
    : '--resolution narrows it';
}

/** Null: no session got as far as EHLO. A session that failed at STARTTLS counts as told. */
function tlsOffered({ sessions, attempts }: RunState): boolean | null {
  const failures = attempts.flatMap((one) => one.end?.failure?.code ?? []);
  if (failures.includes('tls-not-offered')) return false;
  if (failures.some((code) => code === 'tls-failed' || code === 'tls-plaintext-injected')) {
    return true;
  }
  const facts = sessions.flatMap((one) => one.facts ?? []);
  if (facts.length === 0) return null;
  return facts.every(
    ({ tls, extensions }) => tls !== null || extensions.some((one) => one === 'STARTTLS'),
  );
}

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
  /** The run was driven in several visits, with nothing tried between them. */
  readonly inVisits?: boolean;
  /** The run before, where it was asked for; null: there is none. */
  readonly previous?: ProbeResult | null;
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
