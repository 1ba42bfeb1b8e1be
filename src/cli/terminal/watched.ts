import type { ProbeOptions } from '../../core/run/ports.js';
import type { Transcript } from '../../model/ports/dialer.js';
import { escapeControl } from '../../model/values/escape.js';
import { withInterruption } from './interruption.js';
import { writeNote } from './output-streams.js';
import { createProgress } from './progress.js';
import type { EventLines } from './write-outputs.js';

/** What a run is to know of the person at the terminal. */
type Watcher = Required<Pick<ProbeOptions, 'onEvent' | 'onWait' | 'signal'>>;

/**
 * Runs something that Ctrl-C interrupts. Its events go to `events`, where ndjson was asked for, and are
 * shown as progress where somebody watches: not with `quiet`, nor where events are shown already.
 */
export async function watched<T>(
  { quiet, events = null }: { readonly quiet: boolean; readonly events?: EventLines | null },
  run: (watcher: Watcher) => Promise<T>,
): Promise<T> {
  const progress = await createProgress(!quiet && events?.shown !== true);
  try {
    const { value } = await withInterruption((signal) =>
      run({
        signal,
        onEvent: (event, state) => {
          events?.add(state.run, event);
          progress.onEvent(event, state);
        },
        onWait: (planned, _due, state, waitMs) => progress.onWait(planned, waitMs, state),
      }),
    );
    return value;
  } finally {
    progress.stop();
  }
}

const MARKS = { sent: '>', received: '<', note: '*' } as const;

/** For `--verbose`: each line of the conversation on stderr. */
export const showTranscript: Transcript = ({ direction, text }) => {
  writeNote(`${MARKS[direction]} ${escapeControl(text)}`);
};
