import type { Clock } from '../../model/ports/clock.js';
import { systemClock } from './clock.js';

/** A timer that fires later than this was held up together with the process: stopped, or overloaded. */
const HELD_UP_MS = 250;

/**
 * Calls back when the time is up; the function returned calls that off. What lies in a socket by then
 * is read first, and the time for which the process was held up is given once more: neither a stopped
 * process (SIGSTOP, a suspended machine) nor a busy one is the other side's silence.
 */
export function startTimer(clock: Clock, limitMs: number, expired: () => void): () => void {
  let isOff = false;
  let stop = () => {};
  const wait = (leftMs: number) => {
    const dueMs = clock.read().monotonicMs + leftMs;
    stop = callAt(clock, dueMs, async () => {
      const lateMs = clock.read().monotonicMs - dueMs;
      await inputThatHasArrived();
      // Called off in the same turn in which the time was up.
      if (isOff) return;
      if (lateMs > HELD_UP_MS) wait(Math.min(limitMs, lateMs));
      else expired();
    });
  };
  wait(limitMs);
  return () => {
    isOff = true;
    stop();
  };
}

function callAt(clock: Clock, monotonicMs: number, act: () => void): () => void {
  if (clock.callAt !== undefined) return clock.callAt(monotonicMs, act);
  const calledOff = new AbortController();
  clock.sleepUntil(monotonicMs, calledOff.signal).then(act, () => {});
  return () => calledOff.abort();
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
