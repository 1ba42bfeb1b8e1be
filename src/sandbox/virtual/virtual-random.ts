import type { Random } from '../../model/ports/random.js';

/** Creates a source of chance that repeats itself for one seed: a mulberry32 generator. */
export function createVirtualRandom(seed: number): Random {
  let state = seed >>> 0;

  function next32(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }

  return {
    integer(below) {
      if (!Number.isInteger(below) || below < 1 || below > 2 ** 32) {
        throw new RangeError(`below must be a whole number from 1 to 2^32, not ${below}`);
      }
      // Numbers of the last, incomplete stretch are thrown away: they would favour the small ones.
      const fair = 2 ** 32 - (2 ** 32 % below);
      for (;;) {
        const drawn = next32();
        if (drawn < fair) return drawn % below;
      }
    },
  };
}

/** A whole number from `low` to `high`, both included. */
export function drawBetween(random: Random, low: number, high: number): number {
  return low + random.integer(high - low + 1);
}
