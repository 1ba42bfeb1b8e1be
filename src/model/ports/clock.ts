import type { ClockReading } from '../time.js';

/** The only source of time. A virtual one lets a four-hour run finish in milliseconds. */
export interface Clock {
  /**
   * Names the boot of the machine since which `monotonicMs` counts: processes with the same one have
   * one monotonic clock. Null, or absent, where it counts for this process alone.
   */
  readonly boot?: string | null;
  read(): ClockReading;
  /**
   * Resolves when the monotonic clock shows at least `monotonicMs`.
   * Rejects with the signal's reason when it is aborted first.
   */
  sleepUntil(monotonicMs: number, signal?: AbortSignal): Promise<void>;
  /** The same with a call, for what is mostly called off before: that is what is given back. */
  readonly callAt?: (monotonicMs: number, act: () => void) => () => void;
}
