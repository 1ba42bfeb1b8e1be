import { detached } from '../../model/values/detached.js';

/** An entry of a tally: how often, and what is kept about the key. */
export interface Tallied<T> {
  readonly key: string;
  count: number;
  readonly about: T;
}

/**
 * Counts keys in bounded memory. When more than `capacity` different keys are held, the rarer half
 * is dropped and `cut` is set: from then on a count is a lower bound, and rare keys may be missing.
 */
export class BoundedTally<T> {
  readonly #entries = new Map<string, Tallied<T>>();
  readonly #capacity: number;
  #cut = false;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Whether keys were dropped. */
  get cut(): boolean {
    return this.#cut;
  }

  /** Keys that are held; with `cut`, there were more. */
  get size(): number {
    return this.#entries.size;
  }

  /** Counts one more of the key; `describe` is called when the key is new. */
  add(key: string, describe: () => T): Tallied<T> {
    const known = this.#entries.get(key);
    if (known !== undefined) {
      known.count += 1;
      return known;
    }
    if (this.#entries.size >= this.#capacity) this.#dropRarer();
    // A key cut out of a large text would keep all of that text in memory.
    const own = detached(key);
    const entry = { key: own, count: 1, about: describe() };
    this.#entries.set(own, entry);
    return entry;
  }

  /** The most frequent entries, most frequent first; among equals, first seen first. */
  top(limit: number): readonly Tallied<T>[] {
    return [...this.#entries.values()].sort((a, b) => b.count - a.count).slice(0, limit);
  }

  #dropRarer(): void {
    this.#cut = true;
    const kept = this.top(Math.ceil(this.#capacity / 2));
    this.#entries.clear();
    for (const entry of kept) this.#entries.set(entry.key, entry);
  }
}
