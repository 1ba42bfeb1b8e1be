import { EXIT } from '../../model/exit-codes.js';
import { letGoOfTerminal, stopBeforeLoss } from './output-streams.js';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
export type EndingSignal = (typeof SIGNALS)[number];

/**
 * Runs something that ends cleanly when its signal aborts. Output that cannot be written, and the first Ctrl-C (or SIGTERM, SIGHUP)
 * aborts it; a second one ends the process at once.
 */
export async function withInterruption<T>(
  run: (signal: AbortSignal) => Promise<T>,
): Promise<{ readonly value: T; readonly signalName: EndingSignal | null }> {
  const controller = new AbortController();
  let signalName: EndingSignal | null = null;
  const onSignal = (name: EndingSignal) => {
    if (signalName !== null) process.exit(EXIT.interrupted);
    signalName = name;
    if (name === 'SIGHUP') letGoOfTerminal();
    controller.abort();
  };
  for (const name of SIGNALS) process.on(name, onSignal);
  const ended = stopBeforeLoss(() => controller.abort());
  try {
    const value = await run(controller.signal);
    return { value, signalName };
  } finally {
    for (const name of SIGNALS) process.off(name, onSignal);
    ended();
  }
}

/**
 * Resolves when the process is told to end (SIGINT, SIGTERM, SIGHUP), when nobody reads its output
 * any more, or after so many milliseconds; null: no limit.
 */
export function untilStopped(limitMs: number | null): Promise<void> {
  return new Promise((resolve) => {
    const timer = limitMs === null ? undefined : setTimeout(stop, limitMs);
    function stop(): void {
      clearTimeout(timer);
      for (const signal of SIGNALS) process.off(signal, stop);
      process.stdout.off('error', stop);
      resolve();
    }
    for (const signal of SIGNALS) process.on(signal, stop);
    process.stdout.on('error', stop);
  });
}
