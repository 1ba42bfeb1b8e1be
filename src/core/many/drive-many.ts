import type { Clock } from '../../model/ports/clock.js';
import { DueHeap } from './heap.js';

/**
 * Makes the visits of runs. The one that a driver has decides nothing and waits for nothing but its
 * turn: in this process it is `visitRun`; elsewhere it can be a worker that is sent what is due.
 */
export interface Visits<T> {
  /** Makes what is due. Gives when to come again, on the monotonic clock; null: the run has ended. */
  visit(run: T): Promise<number | null>;
}

export interface ManyOptions {
  /** Visits under way at a time. */
  readonly inFlight: number;
  readonly signal?: AbortSignal | undefined;
  /** How late a visit began that had a time. */
  readonly onLate?: (lateMs: number) => void;
}

/** Drives many runs: a heap of due times, and a window of visits that are under way. */
export class ManyRuns<T> {
  readonly #clock: Clock;
  readonly #visits: Visits<T>;
  readonly #options: ManyOptions;
  readonly #waiting = new DueHeap<T>();
  #inFlight = 0;
  #failed: { readonly error: unknown } | null = null;
  /** Ends the wait for the next time that is due. */
  #wake = new AbortController();
  #changed: () => void = () => {};
  #isOpen = true;

  constructor(clock: Clock, visits: Visits<T>, options: ManyOptions) {
    this.#clock = clock;
    this.#visits = visits;
    this.#options = options;
    options.signal?.addEventListener('abort', () => this.#touch(), { once: true });
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** When the next visit is due, on the monotonic clock; null: none waits. */
  get nextDueMs(): number | null {
    return this.#waiting.nextMs;
  }

  add(run: T, dueMs: number): void {
    this.#waiting.push(dueMs, run);
    this.#touch();
  }

  /** No more runs are added: `drive` ends when the last has. */
  close(): void {
    this.#isOpen = false;
    this.#touch();
  }

  /** Drives until all runs have ended, or the signal aborts and the last visit has. Throws what one throws. */
  async drive(): Promise<void> {
    while (!this.#isOver()) {
      this.#start();
      if (this.#isOver()) break;
      await this.#untilChanged();
    }
    while (this.#inFlight > 0) await this.#untilChanged();
    if (this.#failed !== null) throw this.#failed.error;
  }

  get #isStopped(): boolean {
    return this.#failed !== null || this.#options.signal?.aborted === true;
  }

  #isOver(): boolean {
    if (this.#isStopped) return true;
    return !this.#isOpen && this.#inFlight === 0 && this.#waiting.size === 0;
  }

  #start(): void {
    const nowMs = this.#clock.read().monotonicMs;
    while (!this.#isStopped && this.#inFlight < this.#options.inFlight) {
      if ((this.#waiting.nextMs ?? Number.POSITIVE_INFINITY) > nowMs) return;
      const next = this.#waiting.pop();
      if (next === undefined) return;
      if (Number.isFinite(next.dueMs)) this.#options.onLate?.(nowMs - next.dueMs);
      void this.#visit(next.item);
    }
  }

  async #visit(run: T): Promise<void> {
    this.#inFlight += 1;
    try {
      const dueMs = await this.#visits.visit(run);
      if (dueMs !== null) this.#waiting.push(dueMs, run);
    } catch (error) {
      this.#failed ??= { error };
    }
    this.#inFlight -= 1;
    this.#touch();
  }

  #touch(): void {
    this.#changed();
    this.#wake.abort();
  }

  /** Until something was added, ended or stopped, or the next one is due. */
  async #untilChanged(): Promise<void> {
    const nextMs = this.#inFlight < this.#options.inFlight ? this.#waiting.nextMs : null;
    if (nextMs === null || this.#isStopped) {
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
      return;
    }
    this.#wake = new AbortController();
    const { signal } = this.#wake;
    await this.#clock.sleepUntil(nextMs, signal).catch((reason: unknown) => {
      if (!signal.aborted) throw reason;
    });
  }
}
