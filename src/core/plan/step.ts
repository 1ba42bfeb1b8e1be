import type { PinnedHost } from '../../model/mail-host.js';
import type { Stamp } from '../../model/time.js';
import type { Role, Tuple } from '../../model/tuple.js';
import type { FinishReason } from '../run/events.js';

/** One transaction that a planner asks for. A fresh tuple gets its sender from the engine. */
export interface PlannedTransaction {
  readonly tuple: Tuple | 'fresh' | Variant;
  readonly role: Role;
}

/** A tuple with one part changed: shows whether the server looks at that part. */
interface Variant {
  readonly of: Tuple;
  readonly part: ChangedPart;
}

/** Parts that can be changed while the sender stays. */
export const CHANGED_PARTS = ['helo', 'recipient', 'client'] as const;
export type ChangedPart = (typeof CHANGED_PARTS)[number];

/** What a connection is for. */
export type Step =
  | { readonly kind: 'begin' }
  /** Fresh tuples only, to be old enough later. */
  | { readonly kind: 'plant' }
  /** Control, the retried tuple, one left alone, fresh ones. */
  | { readonly kind: 'climb' }
  /** After a pass: bisection over planted tuples, then a control. */
  | { readonly kind: 'verify' }
  /** A fresh tuple from the second client address, where the first one was let in as a whole. */
  | { readonly kind: 'other-client' }
  /** A control, then a variant of a tuple that is old enough to pass. */
  | { readonly kind: 'key'; readonly part: ChangedPart; readonly base: Tuple }
  /** A control and one tuple left alone until an age that was asked for. */
  | { readonly kind: 'age'; readonly tuple: Tuple };

/** A connection that a planner asks for, not before `delaySeconds` after `since`. */
export interface PlannedSession {
  readonly kind: 'session';
  readonly step: Step;
  readonly host: PinnedHost;
  readonly sourceAddress: string | null;
  readonly helo: string;
  /** Null: as soon as manners allow. */
  readonly due: { readonly since: Stamp; readonly delaySeconds: number } | null;
  /** Why, in a few words, for the progress line and the plan. */
  readonly purpose: string;
}

export type Decision = PlannedSession | { readonly kind: 'finish'; readonly reason: FinishReason };
