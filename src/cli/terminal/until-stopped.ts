/**
 * Resolves when the process is told to end (SIGINT, SIGTERM, SIGHUP), when nobody reads its output
 * any more, or after so many milliseconds; null: no limit.
 */
export function untilStopped(limitMs: number | null): Promise<void> {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  return new Promise((resolve) => {
    const timer = limitMs === null ? undefined : setTimeout(stop, limitMs);
    function stop(): void {
      clearTimeout(timer);
      for (const signal of signals) process.off(signal, stop);
      process.stdout.off('error', stop);
      resolve();
    }
    for (const signal of signals) process.on(signal, stop);
    process.stdout.on('error', stop);
  });
}
