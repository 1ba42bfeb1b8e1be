import type { Edge } from '../../model/time.js';
import { PROOF_CHANCE } from '../evidence/chance.js';
import { type KeptFirst, KNOWN_FOR_SECONDS } from './host-evidence.js';
import type { PassedTry, RefusedTry } from './opening.js';

/*
 * Some hosts greylist some messages only, by a score. There a retry may pass by chance, before it is old
 * enough: one at 60 s, although the delay is 300 s. New mail that gets in at once shows how often.
 */

/** So many are no accident. */
const LEAST = 2;

/**
 * Which share of the first contacts got in at once, although no list can have known them: one that knows a
 * sender, a recipient, a domain or a client does not refuse the next one of the same kind.
 */
export function letInByChance(firsts: readonly KeptFirst[]): number {
  const refused = firsts.filter(({ accepted }) => !accepted);
  const times = new Map<string, number[]>();
  for (const one of refused) {
    for (const kind of kindsOf(one)) {
      const known = times.get(kind);
      if (known === undefined) times.set(kind, [one.at]);
      else known.push(one.at);
    }
  }
  const isRefusedSoon = (kind: string, at: number) =>
    times.get(kind)?.some((later) => later > at && later - at <= KNOWN_FOR_SECONDS) === true;
  const byChance = firsts.filter(
    (one) =>
      one.accepted &&
      kindsOf(one).every(
        (kind, index) => one.known[index + 1] !== true || isRefusedSoon(kind, one.at),
      ),
  );
  return byChance.length < LEAST ? 0 : byChance.length / (byChance.length + refused.length);
}

/** In the order of `KEYS`, without the first. */
function kindsOf({ source, sender, recipient, domain }: KeptFirst): readonly string[] {
  return [`s${source} ${sender}`, `r${source} ${recipient}`, `d${source} ${domain}`, `c${source}`];
}

/**
 * Where retries may have passed by chance, so many have to pass beyond the last refusal that chance alone does
 * not do it.
 */
export function beyondChance(
  { afterSeconds, bySeconds }: Edge,
  refused: readonly RefusedTry[],
  passed: readonly PassedTry[],
  share: number,
): Edge {
  if (bySeconds === null || share === 0) return { afterSeconds, bySeconds };
  const last = refused.reduce((most, { age }) => Math.max(most, age), 0);
  const passes = passed
    .map(({ age }) => Math.ceil(Math.max(...age)))
    .filter((age) => age > last && age >= bySeconds)
    .sort((a, b) => a - b);
  const needed = Math.ceil(Math.log(PROOF_CHANCE) / Math.log(share));
  return { afterSeconds, bySeconds: passes[needed - 1] ?? null };
}
