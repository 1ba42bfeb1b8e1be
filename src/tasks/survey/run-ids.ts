import { newRunId } from '../../edges/journal/run-id.js';
import type { Clock } from '../../model/ports/clock.js';
import type { Random } from '../../model/ports/random.js';

const TRIES = 20;

/** Ids of the runs of a survey. Four letters tell those of one second apart: got twice, once more. */
export class RunIds {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #used = new Set<string>();

  constructor({ clock, random }: { readonly clock: Clock; readonly random: Random }) {
    this.#clock = clock;
    this.#random = random;
  }

  use(id: string): void {
    this.#used.add(id);
  }

  next(): string {
    for (let tries = 0; ; tries += 1) {
      const id = newRunId(this.#clock.read().wallMs, this.#random);
      if (this.#used.has(id) && tries < TRIES) continue;
      this.#used.add(id);
      return id;
    }
  }
}
