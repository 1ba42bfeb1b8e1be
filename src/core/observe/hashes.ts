/*
 * Hashes that stand for texts, so that neither texts nor keys made of several have to be kept.
 */

/**
 * 53 bits of a text from `from` on, evenly spread (two multiplicative hashes). Among a hundred thousand
 * texts two are alike about once in two million logs.
 */
export function hashOf(text: string, from = 0): number {
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  for (let at = from; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    a = Math.imul(a ^ code, 2_654_435_761);
    b = Math.imul(b ^ code, 1_597_334_677);
  }
  a = Math.imul(a ^ (a >>> 16), 2_246_822_507) ^ Math.imul(b ^ (b >>> 13), 3_266_489_909);
  b = Math.imul(b ^ (b >>> 16), 2_246_822_507) ^ Math.imul(a ^ (a >>> 13), 3_266_489_909);
  return 4_294_967_296 * (2_097_151 & b) + (a >>> 0);
}

/** The hash of two things together, in this order. */
export function mixed(a: number, b: number): number {
  const low = Math.imul(a | 0, 2_654_435_761) ^ (b | 0);
  const high = Math.imul((a / 4_294_967_296) | 0, 1_597_334_677) ^ (b / 4_294_967_296);
  return 4_294_967_296 * (2_097_151 & high) + (low >>> 0);
}
