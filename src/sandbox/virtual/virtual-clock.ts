import type { Clock } from '../../model/ports/clock.js';
import type { ClockReading } from '../../model/time.js';

/** A clock that stands still while anybody works and jumps when all sleep. */
export interface VirtualClock extends Clock {
  /** Moves both clocks on and wakes whoever is due. */
  advance(ms: number): void;
  /** The wall clock is set: it jumps by so much, the monotonic clock does not. */
  shiftWall(ms: number): void;
  /** Does something when the clock gets there; alone it does not make time pass. */
  at(monotonicMs: number, action: () => void): void;
  /** True time in milliseconds since the epoch, untouched by `shiftWall`: what other hosts see. */
  worldMs(): number;
}

interface Sleeper {
  readonly dueMs: number;
  wake(): void;
}

/** 2026-01-05 08:00 UTC. */
const DEFAULT_START_MS = Date.UTC(2026, 0, 5, 8);

/**
 * Creates a virtual clock. Sleepers wake in the order of their times, and each gets to run until it
 * sleeps again before the next is woken; so several tasks see one consistent time. Deterministic.
 */
export function createVirtualClock(startWallMs: number = DEFAULT_START_MS): VirtualClock {
  let nowMs = 0;
  let wallShiftMs = 0;
  let draining = false;
  let sleepers: Sleeper[] = [];
  let actions: Sleeper[] = [];

  function moveTo(targetMs: number): void {
    for (;;) {
      const next = earliest(actions);
      if (next === undefined || next.dueMs > targetMs) break;
      actions = actions.filter((action) => action !== next);
      nowMs = Math.max(nowMs, next.dueMs);
      next.wake();
    }
    nowMs = Math.max(nowMs, targetMs);
  }

  function wake(sleeper: Sleeper): void {
    sleepers = sleepers.filter((other) => other !== sleeper);
    moveTo(sleeper.dueMs);
    sleeper.wake();
  }

  // setImmediate runs after all promise callbacks: by then whoever can work has worked.
  function drainSoon(): void {
    if (draining) return;
    draining = true;
    setImmediate(() => {
      draining = false;
      const next = earliest(sleepers);
      if (next !== undefined) wake(next);
      if (sleepers.length > 0) drainSoon();
    });
  }

  function sleepUntil(monotonicMs: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const abort = () => {
        sleepers = sleepers.filter((other) => other !== sleeper);
        reject(signal?.reason);
      };
      const sleeper: Sleeper = {
        dueMs: Math.max(monotonicMs, nowMs),
        wake: () => {
          signal?.removeEventListener('abort', abort);
          if (signal?.aborted) reject(signal.reason);
          else resolve();
        },
      };
      signal?.addEventListener('abort', abort, { once: true });
      sleepers.push(sleeper);
      drainSoon();
    });
  }

  return {
    read: (): ClockReading => ({
      monotonicMs: nowMs,
      wallMs: startWallMs + nowMs + wallShiftMs,
    }),
    sleepUntil,
    advance(ms) {
      const targetMs = nowMs + ms;
      for (;;) {
        const next = earliest(sleepers);
        if (next === undefined || next.dueMs > targetMs) break;
        wake(next);
      }
      moveTo(targetMs);
    },
    shiftWall(ms) {
      wallShiftMs += ms;
    },
    at(monotonicMs, action) {
      actions.push({ dueMs: monotonicMs, wake: action });
    },
    worldMs: () => startWallMs + nowMs,
  };
}

function earliest(queue: readonly Sleeper[]): Sleeper | undefined {
  return queue.reduce<Sleeper | undefined>(
    (best, sleeper) => (best === undefined || sleeper.dueMs < best.dueMs ? sleeper : best),
    undefined,
  );
}
