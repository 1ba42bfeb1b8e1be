import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../../model/ports/clock.js';
import type { ClockReading } from '../../model/time.js';

/** Timers can fire this early; and setTimeout takes 32-bit milliseconds. */
const EARLY_MS = 1;
const LONGEST_TIMER_MS = 60_000;

/** The clocks of this machine. */
export const systemClock: Clock = {
  read(): ClockReading {
    return { monotonicMs: performance.now(), wallMs: Date.now() };
  },

  async sleepUntil(monotonicMs: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    for (
      let left = monotonicMs - performance.now();
      left > 0;
      left = monotonicMs - performance.now()
    ) {
      await delay(
        Math.min(Math.max(left, EARLY_MS), LONGEST_TIMER_MS),
        undefined,
        signal === undefined ? {} : { signal },
      );
    }
  },
};
