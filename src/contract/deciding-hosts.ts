import type { SentHost } from './observe-result.js';

/** An upper edge that the log does not show is taken to be here. */
const OPEN_EDGE_SECONDS = 3600;

/** The hosts whose windows are widest for the mail that they get: a probe of them decides most. */
export function decidingHosts(hosts: readonly SentHost[], most: number): readonly SentHost[] {
  return hosts
    .filter(({ command, letsInAfterPasses }) => command !== null && letsInAfterPasses === null)
    .map((one) => ({ one, weight: widthOf(one) * one.refused }))
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight)
    .slice(0, most)
    .map(({ one }) => one);
}

function widthOf({ window: { opens } }: SentHost): number {
  return (opens.bySeconds ?? OPEN_EDGE_SECONDS) - (opens.afterSeconds ?? 0);
}
