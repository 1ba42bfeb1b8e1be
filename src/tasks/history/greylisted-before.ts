import { isDeepStrictEqual } from 'node:util';
import type { ProbeResult } from '../../contract/probe-result.js';
import { catalogueEntry } from '../../core/greylist/catalogue/index.js';
import { greylistedBeforeText } from '../../core/history/greylisted-before.js';
import type { ProbeRequest } from '../../core/run/request.js';
import { shortName } from '../../edges/journal/find.js';
import { senderDomain } from '../../model/tuple.js';
import { keptResults } from './kept-results.js';

/**
 * A result of mail that was let in at once, with the newest kept run before it of the same host, client
 * and sender domain that was made to wait: such a host knows its guests, and that is no host without a
 * list. Other results are given back as they are.
 */
export function withGreylistedBefore(
  result: ProbeResult,
  request: ProbeRequest,
  runsFolder: string | null,
): ProbeResult {
  const { verdict, pinned, startedAt } = result;
  if (runsFolder === null || verdict.kind !== 'accepted' || pinned === null) return result;
  const isAlike = (one: ProbeRequest, startedWallMs: number) =>
    startedWallMs < Date.parse(startedAt) &&
    one.domain === request.domain &&
    one.stage === request.stage &&
    isDeepStrictEqual(one.sourceAddresses, request.sourceAddresses) &&
    domainsOf(one).some((domain) => domainsOf(request).includes(domain));
  for (const { result: before } of keptResults(runsFolder, isAlike)) {
    if (before.pinned?.name !== pinned.name || before.pinned.port !== pinned.port) continue;
    const { kind, confidence, implementation } = before.verdict;
    if (kind !== 'greylisted' || confidence === 'possible' || before.window === null) continue;
    const entry = implementation === null ? null : catalogueEntry(implementation.id);
    const whitelistSeconds = entry?.whitelistSeconds ?? null;
    const message = greylistedBeforeText({
      word: shortName(runsFolder, before.run),
      startedAt: before.startedAt,
      opens: before.window.opens,
      product: implementation?.name ?? null,
      whitelistSeconds,
    });
    return {
      ...result,
      greylistedBefore: {
        run: before.run,
        startedAt: before.startedAt,
        confidence,
        window: before.window,
        implementation,
        whitelistSeconds,
      },
      warnings: [...result.warnings, { code: 'greylisted-before', message }],
    };
  }
  return result;
}

function domainsOf({ senders }: ProbeRequest): readonly string[] {
  const given = senders.kind === 'template' ? [senders.template] : senders.addresses;
  return given.map(senderDomain);
}
