import type { ClockReading } from '../time.js';

/** The only source of time. A virtual one lets a four-hour run finish in milliseconds. */
export interface Clock {
  read(): ClockReading;
  /**
   * Resolves when the monotonic clock shows at least `monotonicMs`.
   * Rejects with the signal's reason when it is aborted first.
   */
  sleepUntil(monotonicMs: number, signal?: AbortSignal): Promise<void>;
}
