import type { ProbeEvent } from '../../core/run/events.js';
import { escapeControl } from '../../model/values/escape.js';
import { writeNote } from './output-streams.js';
import { createSpinner } from './progress.js';

/** Tells on stderr how a check goes on, while somebody watches. */
export interface CheckProgress {
  readonly onEvent: (run: string, event: ProbeEvent) => void;
  readonly stop: () => void;
}

/** A line that follows the runs when stderr is a terminal, else a line for each run that ends; null: none. */
export async function createCheckProgress(
  shown: boolean,
  targets: number,
): Promise<CheckProgress | null> {
  if (!shown) return null;
  const spinner = await createSpinner();
  const tell = checkStory(targets);
  if (spinner === null) {
    return {
      onEvent: (run, event) => {
        const words = tell(run, event);
        if (event.type === 'run-finished' || event.type === 'run-paused') writeNote(words);
      },
      stop: () => {},
    };
  }
  spinner.start();
  return {
    onEvent: (run, event) => {
      spinner.text = tell(run, event);
    },
    stop: () => {
      spinner.stop();
    },
  };
}

/** The words for where a check stands after each event of its runs. */
export function checkStory(targets: number): (run: string, event: ProbeEvent) => string {
  const recipients = new Map<string, string>();
  let ended = 0;
  let last = '';
  return (run, event) => {
    if (event.type === 'run-started') recipients.set(run, event.request.recipient);
    if (event.type === 'run-finished' || event.type === 'run-paused') ended += 1;
    last = wordsFor(event) ?? last;
    const who = recipients.get(run) ?? run;
    return escapeControl(`${ended} of ${targets} done. ${who}: ${last}`);
  };
}

function wordsFor(event: ProbeEvent): string | null {
  switch (event.type) {
    case 'run-started':
      return 'looking up its mail hosts';
    case 'run-resumed':
      return 'going on';
    case 'session-started':
      return `connecting to ${event.host.name} (${event.purpose})`;
    case 'attempt-finished':
      return event.reply === null
        ? (event.failure?.message ?? 'no answer')
        : `${event.reply.code} ${event.reply.text[0] ?? ''}`.slice(0, 60);
    case 'session-ended':
      return 'waiting';
    case 'run-finished':
      return `done (${event.reason})`;
    default:
      return null;
  }
}
