import type { ProbeOptions } from '../../core/run/engine.js';
import { withInterruption } from './interruption.js';
import { createProgress } from './progress.js';

type Watcher = Required<Pick<ProbeOptions, 'onEvent' | 'onWait'>>;

/**
 * Runs something that a signal interrupts and whose events are shown as progress, where that is wanted
 * and somebody watches.
 */
export async function watched<T>(
  shown: boolean,
  run: (signal: AbortSignal, watcher: Watcher) => Promise<T>,
): Promise<T> {
  const progress = await createProgress(shown);
  const watcher: Watcher = {
    onEvent: (event, state) => progress.onEvent(event, state),
    onWait: (planned, due, state) => progress.onWait(planned, due, state),
  };
  try {
    const { value } = await withInterruption((signal) => run(signal, watcher));
    return value;
  } finally {
    progress.stop();
  }
}
