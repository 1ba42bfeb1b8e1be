import type { Clock } from '../../../../../src/model/ports/clock.js';

/** The machine's own time: what is tested here is how real sockets behave. */
export const realClock: Clock = {
  read: () => ({ monotonicMs: performance.now(), wallMs: Date.now() }),
  sleepUntil: (monotonicMs, signal) =>
    new Promise((resolve, reject) => {
      const stop = () => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', stop);
        resolve();
      }, monotonicMs - performance.now());
      signal?.addEventListener('abort', stop, { once: true });
    }),
};
