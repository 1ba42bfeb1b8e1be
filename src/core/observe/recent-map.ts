import { NumberTable } from './number-table.js';

/**
 * A map from hashes that keeps what was used lately: two generations of so many entries, the older of
 * which goes as a whole. So there is room for at least one generation, and each step takes the same time.
 */
export class RecentMap<V> {
  readonly #generation: number;
  #young = new NumberTable<V>();
  #old = new NumberTable<V>();
  #dropped = 0;

  constructor(generation: number) {
    this.#generation = generation;
  }

  get dropped(): number {
    return this.#dropped;
  }

  get(key: number): V | undefined {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const old = this.#old.get(key);
    if (old !== undefined) {
      this.#old.delete(key);
      this.set(key, old);
    }
    return old;
  }

  set(key: number, value: V): void {
    if (this.#young.size >= this.#generation && this.#young.get(key) === undefined) {
      this.#dropped += this.#old.size;
      this.#old = this.#young;
      this.#young = new NumberTable();
    }
    this.#old.delete(key);
    this.#young.set(key, value);
  }

  delete(key: number): void {
    this.#young.delete(key);
    this.#old.delete(key);
  }
}
