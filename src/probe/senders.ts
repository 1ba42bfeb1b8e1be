import type { Random } from '../ports/random.js';
import type { SenderPool } from './request.js';

const NONCE_LENGTH = 10;
const LETTERS = 'abcdefghijklmnopqrstuvwxyz';
const BEYOND_HEX = 'ghijklmnopqrstuvwxyz';

/**
 * A word that no known greylister folds into another: lower-case letters only, since digits and
 * `+ext` are normalised away by some, and at least three letters outside a-f, since hex words are.
 */
export function mintNonce(random: Random): string {
  const letters = Array.from({ length: NONCE_LENGTH }, (_, index) => {
    const alphabet = index % 3 === 0 ? BEYOND_HEX : LETTERS;
    return alphabet[random.integer(alphabet.length)] ?? 'q';
  });
  return letters.join('');
}

/** How many senders the pool can still give. */
export function sendersLeft(pool: SenderPool, used: number): number {
  return pool.kind === 'template'
    ? Number.POSITIVE_INFINITY
    : Math.max(0, pool.addresses.length - used);
}

/** The sender of the run's tuple number `used` (0, 1, ...), or null when a list is used up. */
export function nextSender(pool: SenderPool, used: number, random: Random): string | null {
  if (pool.kind === 'list') return pool.addresses[used] ?? null;
  return pool.template.replaceAll('{nonce}', mintNonce(random));
}
