import type { Clock } from '../../model/ports/clock.js';

/** Calls back when the time is up; the function returned calls that off. */
export function startTimer(clock: Clock, limitMs: number, expired: () => void): () => void {
  const calledOff = new AbortController();
  clock
    .sleepUntil(clock.read().monotonicMs + limitMs, calledOff.signal)
    .then(() => {
      // Called off in the same turn in which the time was up.
      if (!calledOff.signal.aborted) expired();
    })
    .catch(() => {});
  return () => calledOff.abort();
}

/** Calls back on abort, at once if that has happened; the function returned stops watching. */
export function onAbort(signal: AbortSignal | undefined, callback: () => void): () => void {
  if (signal === undefined) return () => {};
  if (signal.aborted) callback();
  else signal.addEventListener('abort', callback, { once: true });
  return () => signal.removeEventListener('abort', callback);
}

/** A duration for a sentence: `0.5 s`, `30 s`. */
export function inSeconds(ms: number): string {
  return `${Number((ms / 1000).toFixed(1))} s`;
}
