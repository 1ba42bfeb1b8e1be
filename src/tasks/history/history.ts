import type {
  HistoryPeriod,
  HistoryResult,
  HistorySeries,
  SeenRun,
} from '../../contract/history-result.js';
import { periodsOf } from '../../core/history/periods.js';
import type { ProbeRequest } from '../../core/run/request.js';
import { systemRunsFolder } from '../../edges/journal/state-folder.js';
import { usageError } from '../../model/errors.js';
import { escapeControl } from '../../model/values/escape.js';
import { bareAddress } from '../../model/values/given-address.js';
import { obstacleOf } from '../check/observed.js';
import { type KeptResult, keptResults } from './kept-results.js';

export interface HistoryFilter {
  /** Begun at this moment or later; null: whenever. */
  readonly sinceWallMs: number | null;
  /** No more than these, the newest; null: all. */
  readonly limit: number | null;
}

/**
 * What the finished runs of a state folder have shown of a recipient, or of all recipients of a domain. Throws
 * `no-runs` where there is none.
 */
export function historyOf(
  stateDir: string | undefined,
  wanted: string,
  { sinceWallMs, limit }: HistoryFilter,
): HistoryResult {
  const folder = systemRunsFolder(stateDir);
  const target = bareAddress(wanted).toLowerCase();
  const isWanted = ({ recipient, domain }: ProbeRequest, startedWallMs: number) =>
    (recipient.toLowerCase() === target || domain === target) &&
    startedWallMs >= (sinceWallMs ?? Number.NEGATIVE_INFINITY);
  const found: KeptResult[] = [];
  for (const kept of keptResults(folder, isWanted)) {
    if (found.length === limit) break;
    found.push(kept);
  }
  if (found.length > 0) {
    const series = seriesOf(found.reverse());
    return { schema: 'greyprobe.history-result.v1', folder, target: wanted, series };
  }
  throw usageError(
    'no-runs',
    `No finished run of ${escapeControl(target)} is kept in ${folder}.`,
    'Give a recipient or a domain. See the runs that are kept with: greyprobe runs',
  );
}

/** Runs of one recipient at one host, oldest first. One that reached no host goes with those before it. */
function seriesOf(kept: readonly KeptResult[]): HistorySeries[] {
  const bySubject = new Map<string, { host: string | null; kept: KeptResult[] }>();
  const hosts = new Map<string, string | null>();
  for (const one of kept) {
    const { recipient, stage } = one.request;
    const host = one.result.pinned?.name ?? hosts.get(recipient) ?? null;
    hosts.set(recipient, host);
    const key = JSON.stringify([recipient, host, stage]);
    const known = bySubject.get(key);
    if (known === undefined) bySubject.set(key, { host, kept: [one] });
    else known.kept.push(one);
  }
  return [...bySubject.values()].flatMap(({ host, kept: some }) => {
    const [first] = some;
    if (first === undefined) return [];
    const { recipient, stage } = first.request;
    const runs = some.map(({ result }) => seenRun(result));
    return { recipient, host, stage, periods: historyPeriods(runs), runs };
  });
}

function seenRun(result: KeptResult['result']): SeenRun {
  const { run, startedAt, verdict, window } = result;
  const { kind, confidence } = verdict;
  return {
    run,
    startedAt,
    verdict: { kind, confidence, class: verdict.class },
    window,
    leftOut: obstacleOf(result)?.reason ?? null,
  };
}

function historyPeriods(runs: readonly SeenRun[]): HistoryPeriod[] {
  const counted = runs.filter(({ leftOut }) => leftOut === null);
  return periodsOf(counted).map(({ runs: within, verdict, window }) => ({
    from: within[0]?.startedAt ?? '',
    until: within.at(-1)?.startedAt ?? '',
    runs: within.length,
    verdict,
    window,
  }));
}
