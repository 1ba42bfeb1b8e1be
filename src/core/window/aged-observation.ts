import type { SecondsInterval } from '../../model/time.js';

/** A later attempt of a tuple: refused, or accepted for the first time. */
export interface AgedObservation {
  /** Number of the attempt. */
  readonly attempt: number;
  readonly tuple: string;
  /** The connection in which the tuple was first offered. */
  readonly planted: number;
  /** The connection of this attempt. */
  readonly session: number;
  /** Since the tuple's first attempt. */
  readonly age: SecondsInterval;
  /** Since the tuple's previous attempt; equal to `age` for its second attempt. */
  readonly gap: SecondsInterval;
  /** Age that the tuple had at its previous attempt; null when that was its first. */
  readonly previousAge: SecondsInterval | null;
  readonly accepted: boolean;
}

/**
 * Servers that count whole seconds can let a tuple pass up to one second before its exact age, so
 * two observations this close do not contradict each other.
 */
export const CLOCK_GRANULARITY_SECONDS = 1;
