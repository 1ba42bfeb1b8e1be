import { slotOf } from './number-table.js';

/** Numbers that are remembered, at least. */
const GENERATION = 131_072;
const FIRST_SLOTS = 1024;

/**
 * Remembers numbers other than 0, the latest few hundred thousand of them: two generations of tables with
 * open addressing, since a set of numbers takes four times the memory and leaves it to be collected.
 */
export class SeenSet {
  #young = new Float64Array(FIRST_SLOTS);
  #old = new Float64Array(0);
  #held = 0;
  #added = 0;

  /** How many were new. */
  get added(): number {
    return this.#added;
  }

  /** True where the number is new. */
  add(one: number): boolean {
    const slot = slotOf(this.#young, one);
    if (this.#young[slot] === one) return false;
    const isNew = this.#old.length === 0 || this.#old[slotOf(this.#old, one)] !== one;
    if (isNew) this.#added += 1;
    this.#young[slot] = one;
    this.#held += 1;
    if (this.#held >= GENERATION) {
      this.#old = this.#young;
      this.#young = new Float64Array(FIRST_SLOTS);
      this.#held = 0;
    } else if (this.#held * 2 > this.#young.length) {
      this.#young = grown(this.#young);
    }
    return isNew;
  }
}

function grown(table: Float64Array): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(table.length * 2);
  for (const one of table) if (one !== 0) larger[slotOf(larger, one)] = one;
  return larger;
}
