import { startSystemTimer } from '../system/timer.js';
import { ServerFailure } from './server-failure.js';

/**
 * Runs `work` with a signal that is aborted after `limitMs`, with a `timeout` failure as reason,
 * or when the caller's signal is. Rejects at once then, even if `work` does not listen.
 */
export async function withinTime<T>(
  limitMs: number,
  outer: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  outer?.throwIfAborted();
  const limit = new AbortController();
  const says = `did not answer within ${limitMs / 1000} s`;
  const stopTimer = startSystemTimer(limitMs, () =>
    limit.abort(new ServerFailure('timeout', says)),
  );
  const signal = outer === undefined ? limit.signal : AbortSignal.any([outer, limit.signal]);
  try {
    return await Promise.race([work(signal), rejection(signal)]);
  } finally {
    stopTimer();
  }
}

function rejection(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
