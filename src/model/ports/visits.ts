import type { ConnectionLimits, Dialled, DialRequest, Rest, Whom } from './dialer.js';

/** One connection that a run wants: to whom, from where, and when. */
export interface Visit {
  readonly run: string;
  /** Number of the connection within the run. */
  readonly session: number;
  readonly request: DialRequest;
  readonly limits: ConnectionLimits;
  /** Domain of the recipient: whoever opted out may be named by it. */
  readonly domain: string;
}

/** What others leave of a host: from when on there is room, on the monotonic clock, and who rests. */
export interface Due {
  readonly freeAtMs: number;
  readonly rest: Rest | null;
}

/** Whether a visit may be made. `go`: now, and by whoever calls `result`. */
export type Claim =
  | { readonly kind: 'go' }
  /** Not before then, on the monotonic clock: others were faster. */
  | { readonly kind: 'later'; readonly untilMs: number }
  /** Nobody made it while it was what the plan had asked for; the planner judges anew. */
  | { readonly kind: 'missed' }
  /** The host, or its operator, asked to stop. */
  | { readonly kind: 'rest'; readonly rest: Rest }
  /** Nobody holds the address any more that the run is visited from. */
  | { readonly kind: 'source-lost' }
  /** Whoever holds it may not make such visits. */
  | { readonly kind: 'refused' }
  /** The host, its network or the domain opted out. */
  | { readonly kind: 'opted-out' };

/**
 * Makes the visits of runs, here or on other machines. Whoever drives a run decides all; the one that
 * makes a visit connects and talks. A visit is made at most once, however its result is lost.
 */
export interface Visits {
  due(whom: Whom, limits: ConnectionLimits): Due;
  /** Asks for the right to connect. Never rejects for what the world does. */
  claim(visit: Visit, signal?: AbortSignal): Promise<Claim>;
  /** Makes the visit that was claimed. What goes wrong on the way is an outcome. */
  result(visit: Visit, signal?: AbortSignal): Promise<Dialled>;
}
