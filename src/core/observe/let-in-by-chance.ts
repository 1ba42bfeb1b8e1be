import type { Edge } from '../../model/time.js';
import { PROOF_CHANCE } from '../evidence/chance.js';
import { type KeptFirst, KNOWN_FOR_SECONDS } from './host-evidence.js';
import { type Key, openingOf, type PassedTry, type RefusedTry } from './opening.js';

/*
 * Some hosts greylist some messages only, by a score. There a retry may pass by chance, before it is old
 * enough: one at 60 s, although the delay is 300 s. New mail that gets in at once shows how often.
 */

/** So many are no accident. */
const LEAST = 2;

/**
 * Which share of the first contacts got in at once, although no list can have known them: one that knows a
 * sender, a recipient, a domain or a client does not refuse the next one of the same kind. In the order of time.
 */
export function letInByChance(firsts: readonly KeptFirst[]): number {
  // From the end: for each kind, when the next one of it was refused.
  const refusedNext = new Map<string, number>();
  let byChance = 0;
  let refused = 0;
  for (const one of [...firsts].reverse()) {
    const kinds = kindsOf(one);
    if (!one.accepted) {
      refused += 1;
      for (const kind of kinds) refusedNext.set(kind, one.at);
      continue;
    }
    const isUnknown = (kind: string, index: number) =>
      one.known[index + 1] !== true ||
      (refusedNext.get(kind) ?? Number.POSITIVE_INFINITY) - one.at <= KNOWN_FOR_SECONDS;
    if (kinds.every(isUnknown)) byChance += 1;
  }
  return byChance < LEAST ? 0 : byChance / (byChance + refused);
}

/** In the order of `KEYS`, without the first. */
function kindsOf({ source, sender, recipient, domain }: KeptFirst): readonly string[] {
  return [`s${source} ${sender}`, `r${source} ${recipient}`, `d${source} ${domain}`, `c${source}`];
}

/**
 * Where retries may have passed by chance, so many have to pass beyond the last refusal that chance alone does
 * not do it, and from below refusals bound alone: a pass excludes no way to count.
 */
export function beyondChance(
  edge: Edge,
  refused: readonly RefusedTry[],
  passed: readonly PassedTry[],
  { share, ruledOut }: { readonly share: number; readonly ruledOut: ReadonlySet<Key> },
): Edge {
  if (share === 0) return edge;
  const alone = openingOf(refused, [], ruledOut).opens.afterSeconds ?? 0;
  const after = Math.min(alone, edge.afterSeconds ?? 0);
  return {
    afterSeconds: after > 0 ? after : null,
    bySeconds: edge.bySeconds === null ? null : beyondLast(edge.bySeconds, refused, passed, share),
  };
}

function beyondLast(
  bySeconds: number,
  refused: readonly RefusedTry[],
  passed: readonly PassedTry[],
  share: number,
): number | null {
  const last = refused.reduce((most, { age }) => Math.max(most, age), 0);
  const passes = passed
    .map(({ age }) => Math.ceil(Math.max(...age)))
    .filter((age) => age > last && age >= bySeconds)
    .sort((a, b) => a - b);
  const needed = Math.ceil(Math.log(PROOF_CHANCE) / Math.log(share));
  return passes[needed - 1] ?? null;
}
