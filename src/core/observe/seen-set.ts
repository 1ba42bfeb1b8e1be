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

/** Where the number stands, or would. There is always room: tables are at most half full. */
function slotOf(table: Float64Array, one: number): number {
  const mask = table.length - 1;
  let slot = one & mask;
  while (table[slot] !== 0 && table[slot] !== one) slot = (slot + 1) & mask;
  return slot;
}

function grown(table: Float64Array): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(table.length * 2);
  for (const one of table) if (one !== 0) larger[slotOf(larger, one)] = one;
  return larger;
}

/** The hash of two things together. */
export function mixed(a: number, b: number): number {
  const low = Math.imul(a | 0, 2_654_435_761) ^ (b | 0);
  const high = Math.imul((a / 4_294_967_296) | 0, 1_597_334_677) ^ (b / 4_294_967_296);
  return 4_294_967_296 * (2_097_151 & high) + (low >>> 0);
}

/**
 * 53 bits of a text, evenly spread (two multiplicative hashes). Among a hundred thousand texts two are
 * alike about once in two million logs.
 */
export function hashOf(text: string): number {
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    a = Math.imul(a ^ code, 2_654_435_761);
    b = Math.imul(b ^ code, 1_597_334_677);
  }
  a = Math.imul(a ^ (a >>> 16), 2_246_822_507) ^ Math.imul(b ^ (b >>> 13), 3_266_489_909);
  b = Math.imul(b ^ (b >>> 16), 2_246_822_507) ^ Math.imul(a ^ (a >>> 13), 3_266_489_909);
  return 4_294_967_296 * (2_097_151 & b) + (a >>> 0);
}
