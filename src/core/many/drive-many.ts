import type { Clock } from '../../model/ports/clock.js';
import { clocksMovedApart } from '../window/elapsed.js';
import { DueHeap } from './heap.js';

/** Makes what is due in a run. Gives when to come again, on the monotonic clock; null: it has ended. */
export type VisitRun<T> = (run: T) => Promise<number | null>;

export interface ManyOptions {
  /** Visits under way at a time. */
  readonly inFlight: number;
  readonly signal?: AbortSignal | undefined;
  /** How late a visit began that had a time. */
  readonly onLate?: (lateMs: number) => void;
}

/** How soon it is noticed that the machine slept: then visits may be due already. */
const LOOK_AGAIN_MS = 60_000;

/** Drives many runs: a heap of due times, and a window of visits that are under way. */
export class ManyRuns<T> {
  readonly #clock: Clock;
  readonly #visitRun: VisitRun<T>;
  readonly #options: ManyOptions;
  readonly #waiting = new DueHeap<T>();
  #inFlight = 0;
  #failed: { readonly error: unknown } | null = null;
  #isOpen = true;
  /** The one timer: until when, and what ends it. */
  #timer: { readonly untilMs: number; readonly stop: AbortController } | null = null;
  #end: (() => void) | null = null;

  constructor(clock: Clock, visitRun: VisitRun<T>, options: ManyOptions) {
    this.#clock = clock;
    this.#visitRun = visitRun;
    this.#options = options;
    options.signal?.addEventListener('abort', () => this.#goOn(), { once: true });
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
    this.#goOn();
  }

  /** No more runs are added: `drive` ends when the last has. */
  close(): void {
    this.#isOpen = false;
    this.#goOn();
  }

  /** Drives until all runs have ended, or the signal aborts and the last visit has. Throws what one throws. */
  async drive(): Promise<void> {
    const ended = new Promise<void>((resolve) => {
      this.#end = resolve;
    });
    this.#goOn();
    await ended;
    this.#timer?.stop.abort();
    if (this.#failed !== null) throw this.#failed.error;
  }

  get #isStopped(): boolean {
    return this.#failed !== null || this.#options.signal?.aborted === true;
  }

  /** Begins what is due, and sees to it that it is called again. Nothing is begun before `drive`. */
  #goOn(): void {
    if (this.#end === null) return;
    const nowMs = this.#clock.read().monotonicMs;
    while (!this.#isStopped && this.#inFlight < this.#options.inFlight) {
      if ((this.#waiting.nextMs ?? Number.POSITIVE_INFINITY) > nowMs) break;
      const next = this.#waiting.pop();
      if (next === undefined) break;
      if (Number.isFinite(next.dueMs)) this.#options.onLate?.(nowMs - next.dueMs);
      void this.#visit(next.item);
    }
    const isOver = this.#isStopped || (!this.#isOpen && this.#waiting.size === 0);
    if (isOver && this.#inFlight === 0) this.#end();
    else if (!this.#isStopped) this.#setTimer();
  }

  async #visit(run: T): Promise<void> {
    this.#inFlight += 1;
    try {
      const dueMs = await this.#visitRun(run);
      if (dueMs !== null) this.#waiting.push(dueMs, run);
    } catch (error) {
      this.#failed ??= { error };
    }
    this.#inFlight -= 1;
    this.#goOn();
  }

  /** A timer that comes too early looks again: it is set anew only where it would come too late. */
  #setTimer(): void {
    const dueMs = this.#waiting.nextMs;
    if (dueMs === null || this.#inFlight >= this.#options.inFlight) return;
    const before = this.#clock.read();
    const untilMs = Math.min(dueMs, before.monotonicMs + LOOK_AGAIN_MS);
    if (this.#timer !== null && this.#timer.untilMs <= untilMs) return;
    this.#timer?.stop.abort();
    const timer = { untilMs, stop: new AbortController() };
    this.#timer = timer;
    const over = () => {
      if (this.#timer === timer) this.#timer = null;
      // The machine slept, or a clock was set: who looks again knows by age when it is due.
      if (clocksMovedApart(before, this.#clock.read())) this.#waiting.hurry();
      this.#goOn();
    };
    this.#clock.sleepUntil(untilMs, timer.stop.signal).then(over, (reason: unknown) => {
      if (!timer.stop.signal.aborted) this.#failed ??= { error: reason };
      if (!timer.stop.signal.aborted) over();
    });
  }
}
