const GENERATION = 131_072;

/** Remembers numbers, the latest few hundred thousand of them. */
export class SeenSet {
  #young = new Set<number>();
  #old = new Set<number>();
  #added = 0;

  /** How many were new. */
  get added(): number {
    return this.#added;
  }

  /** True where the number is new. */
  add(one: number): boolean {
    if (this.#young.has(one)) return false;
    const isNew = !this.#old.has(one);
    if (this.#young.size >= GENERATION) {
      this.#old = this.#young;
      this.#young = new Set();
    }
    this.#young.add(one);
    if (isNew) this.#added += 1;
    return isNew;
  }
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
