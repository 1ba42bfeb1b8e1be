import type { Clock } from '../../model/ports/clock.js';
import type { Pace } from './pace.js';

/** When new hosts begin: one after the other, so that all slow down at once. */
export class Turns {
  readonly #clock: Clock;
  readonly #pace: Pace;
  readonly #signal: AbortSignal;
  /** Until the last one that waits has begun. */
  #last: Promise<void> = Promise.resolve();

  constructor(clock: Clock, pace: Pace, signal: AbortSignal) {
    this.#clock = clock;
    this.#pace = pace;
    this.#signal = signal;
  }

  /** Waits for the next turn. False: the survey was stopped meanwhile. */
  async take(): Promise<boolean> {
    const mine = this.#last.then(() => this.#wait());
    this.#last = mine;
    await mine;
    return !this.#signal.aborted;
  }

  async #wait(): Promise<void> {
    if (this.#signal.aborted) return;
    const nowMs = this.#clock.read().monotonicMs;
    const beginMs = this.#pace.nextMs(nowMs);
    if (beginMs <= nowMs) return;
    await this.#clock.sleepUntil(beginMs, this.#signal).catch((reason: unknown) => {
      if (!this.#signal.aborted) throw reason;
    });
  }
}
