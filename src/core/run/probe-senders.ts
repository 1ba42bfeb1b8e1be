import type { Random } from '../../model/ports/random.js';
import { senderDomain, type Tuple } from '../../model/tuple.js';
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
  return Math.max(0, poolSize(pool) - used);
}

/** The sender of the run's tuple number `used` (0, 1, ...), or null when a list is used up. */
export function nextSender(pool: SenderPool, used: number, random: Random): string | null {
  if (pool.kind === 'list') return usable(pool.addresses)[used] ?? null;
  return pool.template.replaceAll('{nonce}', mintNonce(random));
}

/** A sender of the pool that was not used, of a domain that will do; null where there is none left. */
export function unusedSender(
  pool: SenderPool,
  used: ReadonlySet<string>,
  random: Random,
  isWanted: (domain: string) => boolean,
): string | null {
  if (pool.kind === 'template') {
    return isWanted(senderDomain(pool.template)) ? nextSender(pool, used.size, random) : null;
  }
  return unused(pool.addresses, used, isWanted)[0] ?? null;
}

/** How many such senders the pool can still give. */
export function unusedSenders(
  pool: SenderPool,
  used: ReadonlySet<string>,
  isWanted: (domain: string) => boolean,
): number {
  if (pool.kind === 'template') {
    return isWanted(senderDomain(pool.template)) ? Number.POSITIVE_INFINITY : 0;
  }
  return unused(pool.addresses, used, isWanted).length;
}

function unused(
  addresses: readonly string[],
  used: ReadonlySet<string>,
  isWanted: (domain: string) => boolean,
): readonly string[] {
  return usable(addresses).filter((sender) => !used.has(sender) && isWanted(senderDomain(sender)));
}

/** How many senders the pool gives in all; a template gives as many as are wanted. */
export function poolSize(pool: SenderPool): number {
  return pool.kind === 'template' ? Number.POSITIVE_INFINITY : usable(pool.addresses).length;
}

/** The senders that are used have a domain each. */
export function isOneADomain(pool: SenderPool): boolean {
  return pool.kind === 'list' && spreadOver(toldApart(pool.addresses));
}

/**
 * By which tuples are measured together: the client address and the sender's domain, since a host may
 * treat another one otherwise. Where each sender has a domain of its own, what is known of a domain is
 * known of its sender, and all are of one kind.
 * ann@a.example, bob@a.example, cyd@b.example -> ann and bob; without bob ann and cyd.
 */
export function kindsOf(pool: SenderPool): (tuple: Tuple) => string {
  const together = isOneADomain(pool);
  return ({ client, sender }) => `${client ?? ''} ${together ? '' : senderDomain(sender)}`;
}

/** Some servers take senders of this pool for one. */
export function hasAlikeSenders(pool: SenderPool): boolean {
  const addresses =
    pool.kind === 'list'
      ? pool.addresses
      : ['qzkwtrhmgv', 'zkwtrhmgvq'].map((word) => pool.template.replaceAll('{nonce}', word));
  return new Set(addresses.map(folded)).size < addresses.length;
}

/** The senders of a list that are used: one a domain, where that makes more of them. */
function usable(addresses: readonly string[]): readonly string[] {
  const apart = toldApart(addresses);
  return spreadOver(apart) ? firstOfEach(apart, senderDomain) : apart;
}

/** There are more domains than senders of any one of them. */
function spreadOver(addresses: readonly string[]): boolean {
  const counts = new Map<string, number>();
  for (const domain of addresses.map(senderDomain)) {
    counts.set(domain, (counts.get(domain) ?? 0) + 1);
  }
  return counts.size > Math.max(...counts.values());
}

function firstOfEach(
  addresses: readonly string[],
  keyOf: (address: string) => string,
): readonly string[] {
  const firsts = new Map<string, string>();
  for (const address of addresses) {
    const key = keyOf(address);
    if (!firsts.has(key)) firsts.set(key, address);
  }
  return [...firsts.values()];
}

/**
 * The senders of a list that every known server tells apart: the first of those that some take for
 * one. Else a sender could be an old tuple to one server and a fresh one to another, beside senders
 * that are what they seem. Where all are alike they are kept: then the list is one tuple or as many
 * as there are senders, and the answers show which.
 */
function toldApart(addresses: readonly string[]): readonly string[] {
  const firsts = firstOfEach(addresses, folded);
  return firsts.length === 1 ? addresses : firsts;
}

/**
 * A sender as the coarsest of the known servers put it into the key: in lower case, without BATV tag
 * and extension, each word of digits as one (postgrey, ASSP, Proxmox, iRedAPD).
 */
function folded(address: string): string {
  const at = address.lastIndexOf('@');
  const localPart = address
    .slice(0, at)
    .replace(/^prvs=[^=/]*[=/]/iu, '')
    .replace(/\+.*$/u, '')
    .replace(/\b\d+\b/gu, '#');
  return `${localPart}${address.slice(at)}`.toLowerCase();
}
