import type { Clock } from '../../model/ports/clock.js';
import { systemClock } from './clock.js';

/** A timer that fires later than this was held up together with the process: stopped, or overloaded. */
const HELD_UP_MS = 250;

/** One for all: without it each abort makes an error with a stack trace, and nobody reads it. */
const CALLED_OFF = 'called off';

/**
 * Calls back when the time is up; the function returned calls that off. What lies in a socket by then
 * is read first, and the time for which the process was held up is given once more: neither a stopped
 * process (SIGSTOP, a suspended machine) nor a busy one is the other side's silence.
 */
export function startTimer(clock: Clock, limitMs: number, expired: () => void): () => void {
  const calledOff = new AbortController();
  const { signal } = calledOff;
  const wait = async () => {
    let leftMs = limitMs;
    while (leftMs > 0 && !signal.aborted) {
      const dueMs = clock.read().monotonicMs + leftMs;
      await clock.sleepUntil(dueMs, signal);
      const lateMs = clock.read().monotonicMs - dueMs;
      await inputThatHasArrived();
      leftMs = lateMs > HELD_UP_MS ? Math.min(limitMs, lateMs) : 0;
    }
    // Called off in the same turn in which the time was up.
    if (!signal.aborted) expired();
  };
  wait().catch(() => {});
  return () => calledOff.abort(CALLED_OFF);
}

/** The same on the clock of this machine. */
export function startSystemTimer(limitMs: number, expired: () => void): () => void {
  return startTimer(systemClock, limitMs, expired);
}

/** Two rounds of the event loop, so that bytes already here are seen. */
export async function inputThatHasArrived(): Promise<void> {
  for (let round = 0; round < 2; round += 1) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}
