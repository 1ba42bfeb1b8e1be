import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../../model/ports/clock.js';
import type { ClockReading } from '../../model/time.js';

/** Timers can fire this early; and setTimeout takes 32-bit milliseconds. */
const EARLY_MS = 1;
const LONGEST_TIMER_MS = 60_000;

/** Linux names each boot; there Node.js counts its monotonic time since then, as all processes do. */
const BOOT = readBoot();
const ORIGIN_MS = BOOT === null ? 0 : Number(process.hrtime.bigint()) / 1e6 - performance.now();

/** The clocks of this machine. */
export const systemClock: Clock = {
  boot: BOOT,

  read(): ClockReading {
    return { monotonicMs: nowMs(), wallMs: Date.now() };
  },

  async sleepUntil(monotonicMs: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    for (let left = monotonicMs - nowMs(); left > 0; left = monotonicMs - nowMs()) {
      await delay(
        Math.min(Math.max(left, EARLY_MS), LONGEST_TIMER_MS),
        undefined,
        signal === undefined ? {} : { signal },
      );
    }
  },
};

function nowMs(): number {
  return ORIGIN_MS + performance.now();
}

function readBoot(): string | null {
  try {
    const id = readFileSync('/proc/sys/kernel/random/boot_id');
    // Journals are shown to others, and the id itself is the machine's business.
    return createHash('sha256').update(id).digest('hex').slice(0, 16);
  } catch {
    return null;
  }
}
