import type { ObserveResult, SentHost } from '../../contract/observe-result.js';
import type { Edge } from '../../model/time.js';
import { escapeControl } from '../../model/values/escape.js';
import { bracketText } from '../../model/values/seconds-text.js';
import { nameOf, opensText } from './observe-text.js';
import { PLAIN, type Style } from './style.js';
import { tableOrList } from './table.js';
import { joined, listed } from './wrap.js';

type Probed = NonNullable<SentHost['probed']>;

const TITLES = ['mail host', 'by the log', 'by the probe', 'verdict'] as const;

/** What probes found, beside what logs told of the same hosts, for people. `shown`: the command that shows a run. */
export function renderProbed(
  { sent }: ObserveResult,
  shown: (run: string) => string,
  style: Style = PLAIN,
): string {
  const hosts = (sent?.hosts ?? []).flatMap((one) =>
    one.probed === undefined ? [] : [{ one, probed: one.probed }],
  );
  if (hosts.length === 0) return '';
  const rows = hosts.map(({ one, probed: { verdict, window } }) => [
    nameOf(one),
    opensText(one),
    window === null ? 'no window' : bracketText(window.opens),
    `${verdict.kind}, ${verdict.confidence}`,
  ]);
  const more = hosts.flatMap(({ one, probed }) => [
    ...listed(`${escapeControl(probed.verdict.summary)}${doubt(one, probed)}`, style.columns),
    `      ${shown(probed.run)}`,
  ]);
  return `${joined([tableOrList(TITLES, rows, style), more])}\n`;
}

/** What to make of a log and a probe that exclude each other. */
function doubt({ window: told }: SentHost, { window: found }: Probed): string {
  const isApart =
    found !== null && (before(told.opens, found.opens) || before(found.opens, told.opens));
  return isApart
    ? ' The log excludes that: the delay was changed, or this machine is not the one that sent the mail.'
    : '';
}

function before(low: Edge, high: Edge): boolean {
  return low.bySeconds !== null && high.afterSeconds !== null && low.bySeconds < high.afterSeconds;
}
