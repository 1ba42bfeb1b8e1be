import type { ObserveResult, SentHost } from '../../contract/observe-result.js';
import { bracketText } from '../../model/values/seconds-text.js';
import { renderObservation } from '../text/observe-text.js';
import type { Style } from '../text/style.js';
import { type Cell, table as csvTable } from './csv.js';
import { jsonText } from './json.js';
import { code, table as markdownTable, prose } from './markdown.js';
import { gaugeText, type Sample } from './prometheus.js';

/** Formats of what logs tell: a row a host. */
export const OBSERVE_FORMATS = ['text', 'json', 'csv', 'prometheus', 'markdown'] as const;
export type ObserveFormat = (typeof OBSERVE_FORMATS)[number];

/** The result in a format, ending in a line end. */
export function renderObserved(format: ObserveFormat, result: ObserveResult, style: Style): string {
  switch (format) {
    case 'text':
      return `${renderObservation(result, style)}\n`;
    case 'json':
      return `${jsonText(result, 2)}\n`;
    case 'csv':
      return csvTable(COLUMNS, hostsOf(result).map(csvRow));
    case 'prometheus':
      return metrics(result);
    case 'markdown':
      return markdown(result);
  }
}

function hostsOf({ sent }: ObserveResult): readonly SentHost[] {
  return sent?.hosts ?? [];
}

const COLUMNS = [
  'host',
  'address',
  'confidence',
  'opens_after_seconds',
  'opens_by_seconds',
  'first_contacts',
  'refused',
  'passes',
  'lost',
  'waited_seconds',
  'pairs_for',
  'pairs_against',
  'lets_in_after_passes',
  'misfits',
] as const;

function csvRow(one: SentHost): readonly Cell[] {
  return [
    one.host,
    one.address,
    one.confidence,
    one.window.opens.afterSeconds,
    one.window.opens.bySeconds,
    one.firstContacts,
    one.refused,
    one.passes,
    one.lost,
    one.waitedSeconds,
    one.pairs.agedPassedFreshRefused,
    one.pairs.agedRefusedFreshPassed,
    one.letsInAfterPasses,
    one.misfits,
  ];
}

/** The textfile of Prometheus. Waiting counts once a message, not once a retry. */
function metrics(result: ObserveResult): string {
  const hosts = hostsOf(result);
  const gauge = (name: string, help: string, of: (one: SentHost) => number | null) =>
    gaugeText(
      `greyprobe_observed_${name}`,
      help,
      hosts.flatMap((one): Sample[] => {
        const value = of(one);
        const labels = { host: one.host ?? '', address: one.address ?? '' };
        return value === null ? [] : [{ labels, value }];
      }),
    );
  return [
    gauge('waited_seconds', 'What mail to this host waited, in all.', (one) => one.waitedSeconds),
    gauge('first_contacts', 'Tuples that came for the first time.', (one) => one.firstContacts),
    gauge('first_contacts_refused', 'How many of them the greylist refused.', (one) => one.refused),
    gauge('lost_messages', 'Messages that never got in.', (one) => one.lost),
    gauge(
      'opens_after_seconds',
      'Retries of this age were refused.',
      (one) => one.window.opens.afterSeconds,
    ),
    gauge(
      'opens_by_seconds',
      'Retries of this age were accepted.',
      (one) => one.window.opens.bySeconds,
    ),
    gaugeText('greyprobe_observed_lines', 'Lines that were read.', [
      { labels: {}, value: result.input.lines },
    ]),
  ].join('');
}

function markdown(result: ObserveResult): string {
  const rows = hostsOf(result).map((one) => [
    code(one.host ?? one.address ?? '?'),
    one.contradictory ? 'contradictory' : prose(bracketText(one.window.opens)),
    `${one.refused} of ${one.firstContacts}`,
    String(one.waitedSeconds),
    `${one.confidence} (${one.pairs.agedPassedFreshRefused} : ${one.pairs.agedRefusedFreshPassed})`,
  ]);
  const head = ['Mail host', 'Opens at', 'Refused', 'Waited (s)', 'Proof'];
  const body = rows.length === 0 ? 'No mail host greylists.' : markdownTable(head, rows);
  return `## greyprobe observe\n\n${body}\n`;
}
