import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
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

  callAt,

  /** Timers of `node:timers/promises` make an error with a stack trace of each that is called off. */
  sleepUntil(monotonicMs: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(signal.reason);
        return;
      }
      let callOff = () => {};
      const abort = () => {
        callOff();
        reject(signal?.reason);
      };
      signal?.addEventListener('abort', abort, { once: true });
      callOff = callAt(monotonicMs, () => {
        signal?.removeEventListener('abort', abort);
        resolve();
      });
    });
  },
};

function callAt(monotonicMs: number, act: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  const wait = () => {
    const left = monotonicMs - nowMs();
    if (left <= 0) act();
    else timer = setTimeout(wait, Math.min(Math.max(left, EARLY_MS), LONGEST_TIMER_MS));
  };
  wait();
  return () => clearTimeout(timer);
}

/** In whole microseconds: what is beyond is noise, and takes a third of a journal. */
function nowMs(): number {
  return Math.ceil((ORIGIN_MS + performance.now()) * 1000) / 1000;
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
