import fc from 'fast-check';

/** Whole numbers stand for fractions: they shrink well, and a fraction of one is never NaN. */
const STEPS = 1_000_000;

/** A number in [low, high], each as likely as another. */
export function evenly(low: number, high: number): fc.Arbitrary<number> {
  return unbiased().map((step) => low + ((high - low) * step) / STEPS);
}

/** A number in [low, high], each magnitude as likely as another. */
export function byMagnitude(low: number, high: number): fc.Arbitrary<number> {
  return unbiased().map((step) => low * (high / low) ** (step / STEPS));
}

/** fast-check prefers small numbers in part of its runs; times should be spread. */
function unbiased(): fc.Arbitrary<number> {
  return fc.noBias(fc.nat(STEPS));
}

/** True once in so many times. */
export function onceIn(times: number): fc.Arbitrary<boolean> {
  return fc.noBias(fc.nat(times - 1)).map((drawn) => drawn === times - 1);
}

/** Numbers that seed a source of chance of their own. */
export const seeds = fc.noBias(fc.nat(0x7fff_ffff));
