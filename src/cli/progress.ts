import type { Ora } from 'ora';
import type { ProbeEvent } from '../probe/events.js';
import type { PlannedSession } from '../probe/plan.js';
import type { RunState } from '../probe/state.js';
import { formatDuration } from '../values/duration.js';
import { escapeControl } from '../values/escape.js';

/** Tells on stderr what goes on, while somebody watches. */
export interface Progress {
  onEvent(event: ProbeEvent, state: RunState): void;
  onWait(planned: PlannedSession, dueMonotonicMs: number, state: RunState): void;
  stop(): void;
}

const SILENT: Progress = { onEvent() {}, onWait() {}, stop() {} };
const TICK_MS = 250;

/** Progress when stderr is a terminal, and nothing otherwise. Loads ora only then. */
export async function createProgress(shown: boolean): Promise<Progress> {
  const { isTTY, columns } = process.stderr;
  // A terminal that does not know its width (0) would keep ora counting lines for ever.
  if (!shown || isTTY !== true || !(columns > 0)) return SILENT;
  const { default: ora } = await import('ora');
  return new SpinnerProgress(ora({ stream: process.stderr, discardStdin: false }));
}

class SpinnerProgress implements Progress {
  readonly #spinner: Ora;
  #timer: NodeJS.Timeout | null = null;
  #lastSeen = '';

  constructor(spinner: Ora) {
    this.#spinner = spinner;
  }

  onEvent(event: ProbeEvent, state: RunState): void {
    switch (event.type) {
      case 'run-started':
        this.#say(`Looking up the mail hosts of ${state.request.domain}`);
        return;
      case 'session-started':
        this.#say(`Connecting to ${event.host.name} (${event.purpose})`);
        return;
      case 'attempt-finished':
        this.#saw(event, state);
        return;
      default:
    }
  }

  onWait(planned: PlannedSession, dueMonotonicMs: number, state: RunState): void {
    this.#clearTimer();
    const longest = formatDuration(
      state.request.retryAtSeconds?.at(-1) ?? state.request.maxWaitSeconds,
    );
    const tick = () => {
      const left = Math.max(0, dueMonotonicMs - performance.now()) / 1000;
      const step = state.sessions.length + 1;
      this.#spinner.text = `${this.#lastSeen} Connection ${step} (${planned.purpose}) in ${formatDuration(Math.ceil(left))}; the last retry comes after ${longest}.`;
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

  #saw(event: Extract<ProbeEvent, { type: 'attempt-finished' }>, state: RunState): void {
    const role = state.attempts[event.n - 1]?.role ?? 'first';
    const answer =
      event.reply === null
        ? (event.failure?.code ?? 'failed')
        : [event.reply.code, event.reply.enhanced].filter(Boolean).join(' ');
    this.#lastSeen = escapeControl(`${role}: ${answer}.`);
    this.#say(this.#lastSeen);
  }

  #say(text: string): void {
    this.#clearTimer();
    this.#spinner.text = text;
    this.#spinner.start();
  }

  #clearTimer(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }
}
