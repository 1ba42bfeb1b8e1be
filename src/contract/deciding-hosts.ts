import type { SentHost } from './observe-result.js';

/** An upper edge that the log does not show is taken to be here. */
const OPEN_EDGE_SECONDS = 3600;

/**
 * The hosts whose windows are widest for the mail that they get: a probe of them decides most. Of machines
 * behind one name the first: a probe by that name asks one of them.
 */
export function decidingHosts(hosts: readonly SentHost[], most: number): readonly SentHost[] {
  const named = new Set<string>();
  return hosts
    .filter(({ command, letsInAfterPasses }) => command !== null && letsInAfterPasses === null)
    .map((one) => ({ one, weight: widthOf(one) * one.refused }))
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight)
    .filter(({ one }) => isNew(one.host ?? one.address ?? '', named))
    .slice(0, most)
    .map(({ one }) => one);
}

function isNew(name: string, seen: Set<string>): boolean {
  const known = seen.has(name);
  seen.add(name);
  return !known;
}

function widthOf({ window: { opens } }: SentHost): number {
  return (opens.bySeconds ?? OPEN_EDGE_SECONDS) - (opens.afterSeconds ?? 0);
}
