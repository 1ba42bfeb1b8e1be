import type { Ora } from 'ora';
import type { PlannedSession } from '../../core/plan/step.js';
import type { ProbeEvent } from '../../core/run/events.js';
import type { RunState } from '../../core/run/state.js';
import { isAsciiOnly } from './charset.js';
import { writeNote } from './output-streams.js';
import { outlookOf, wordsForEvent, wordsForSession, wordsForWait } from './progress-words.js';

/** Tells on stderr what goes on, while somebody watches. */
export interface Progress {
  onEvent(event: ProbeEvent, state: RunState): void;
  /** `waitMs` from now. */
  onWait(planned: PlannedSession, waitMs: number, state: RunState): void;
  stop(): void;
}

const SILENT: Progress = { onEvent() {}, onWait() {}, stop() {} };
const TICK_MS = 250;

/** A line that changes when stderr is a terminal, a line for each connection otherwise. */
export async function createProgress(shown: boolean): Promise<Progress> {
  if (!shown) return SILENT;
  const spinner = await createSpinner();
  return spinner === null ? new LineProgress() : new SpinnerProgress(spinner);
}

/** A line on stderr that changes; null where no line can change. Loads ora only there. */
export async function createSpinner(): Promise<Ora | null> {
  const { isTTY, columns } = process.stderr;
  // A terminal that does not know its width (0) would keep ora counting lines for ever.
  if (isTTY !== true || !(columns > 0) || process.env['TERM'] === 'dumb') return null;
  const { default: ora } = await import('ora');
  const spinner = isAsciiOnly() ? { spinner: 'line' as const } : {};
  return ora({ stream: process.stderr, discardStdin: false, ...spinner });
}

class LineProgress implements Progress {
  #purpose = '';
  #outlook = '';

  onEvent(event: ProbeEvent, state: RunState): void {
    if (event.type === 'session-started') this.#purpose = event.purpose;
    if (event.type === 'session-ended') writeNote(wordsForSession(this.#purpose, state));
  }

  /** The outlook is told once, and again where it has changed. */
  onWait(_planned: PlannedSession, _waitMs: number, state: RunState): void {
    const outlook = outlookOf(state, Date.now());
    if (outlook !== this.#outlook) writeNote(outlook);
    this.#outlook = outlook;
  }

  stop(): void {}
}

class SpinnerProgress implements Progress {
  readonly #spinner: Ora;
  #timer: NodeJS.Timeout | null = null;

  constructor(spinner: Ora) {
    this.#spinner = spinner;
  }

  onEvent(event: ProbeEvent, state: RunState): void {
    const words = wordsForEvent(event, state);
    if (words === null) return;
    this.#clearTimer();
    this.#spinner.text = words;
    this.#spinner.start();
  }

  onWait({ purpose }: PlannedSession, waitMs: number, state: RunState): void {
    this.#clearTimer();
    const dueMs = performance.now() + waitMs;
    const outlook = outlookOf(state, Date.now());
    const tick = () => {
      const left = Math.max(0, dueMs - performance.now()) / 1000;
      this.#spinner.text = wordsForWait(purpose, left, outlook, state);
    };
    tick();
    this.#timer = setInterval(tick, TICK_MS);
    this.#timer.unref();
    this.#spinner.start();
  }

  stop(): void {
    this.#clearTimer();
    this.#spinner.stop();
  }

  #clearTimer(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }
}
