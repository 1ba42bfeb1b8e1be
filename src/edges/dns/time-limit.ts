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
  const controller = new AbortController();
  const onAbort = () => controller.abort(outer?.reason);
  const stopTimer = startSystemTimer(limitMs, () =>
    controller.abort(new ServerFailure('timeout', `did not answer within ${limitMs / 1000} s`)),
  );
  outer?.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work(controller.signal), rejection(controller.signal)]);
  } finally {
    stopTimer();
    outer?.removeEventListener('abort', onAbort);
  }
}

function rejection(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
