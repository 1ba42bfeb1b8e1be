const FIRST_SLOTS = 1024;

/**
 * Where the number stands in a table with open addressing, or would. There is always room: tables are at
 * most half full, and as long as a power of two.
 */
export function slotOf(table: Float64Array, one: number): number {
  const mask = table.length - 1;
  let slot = one & mask;
  while (table[slot] !== 0 && table[slot] !== one) slot = (slot + 1) & mask;
  return slot;
}

/** A map from hashes, numbers other than 0: a `Map` takes several times as long to find one. */
export class NumberTable<V> {
  #keys = new Float64Array(FIRST_SLOTS);
  #values: (V | undefined)[] = new Array(FIRST_SLOTS);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(key: number): V | undefined {
    return this.#values[slotOf(this.#keys, key)];
  }

  set(key: number, value: V): void {
    const slot = slotOf(this.#keys, key);
    this.#values[slot] = value;
    if (this.#keys[slot] === key) return;
    this.#keys[slot] = key;
    this.#size += 1;
    if (this.#size * 2 > this.#keys.length) this.#grow();
  }

  /** What follows without a gap moves up, so that it is still found from where it belongs. */
  delete(key: number): void {
    const mask = this.#keys.length - 1;
    let hole = slotOf(this.#keys, key);
    if (this.#keys[hole] === 0) return;
    for (let next = (hole + 1) & mask; this.#keys[next] !== 0; next = (next + 1) & mask) {
      const moved = this.#keys[next] ?? 0;
      const belongs = moved & mask;
      if (((next - belongs) & mask) < ((next - hole) & mask)) continue;
      this.#keys[hole] = moved;
      this.#values[hole] = this.#values[next];
      hole = next;
    }
    this.#keys[hole] = 0;
    this.#values[hole] = undefined;
    this.#size -= 1;
  }

  #grow(): void {
    const keys = this.#keys;
    const values = this.#values;
    this.#keys = new Float64Array(keys.length * 2);
    this.#values = new Array(keys.length * 2);
    for (const [at, key] of keys.entries()) {
      if (key === 0) continue;
      const slot = slotOf(this.#keys, key);
      this.#keys[slot] = key;
      this.#values[slot] = values[at];
    }
  }
}
