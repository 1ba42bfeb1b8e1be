import { randomInt } from 'node:crypto';
import type { Random } from '../../model/ports/random.js';

/** Chance from the operating system: nonces must not be guessable or repeat. */
export const systemRandom: Random = {
  integer(below: number): number {
    return randomInt(below);
  },
};
