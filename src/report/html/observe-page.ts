import type {
  ComparedSetting,
  ObserveResult,
  ReceivedResult,
  SentHost,
  SentResult,
} from '../../contract/observe-result.js';
import { formatDuration } from '../../model/values/duration.js';
import { fromTo } from '../../model/values/seconds-text.js';
import { element, type Markup } from '../markup.js';
import { drawingOfSentHosts } from '../picture/drawings.js';
import { durationCell, edgeCell, numberCell } from './cells.js';
import type { Page } from './page.js';
import { type Column, facts, figure, list, paragraph, section, table, toCopy } from './parts.js';

import { many } from './words.js';

/** What logs tell: of the mail hosts that mail went to, and of the clients that mail came from. */
export function observePage(result: ObserveResult): Page {
  const { input, sent, received, warnings } = result;
  return {
    title: 'What mail logs tell of greylisting - greyprobe',
    header: [
      paragraph('greyprobe: what mail logs tell', 'over'),
      element('h1', {}, headline(result)),
      paragraph(spanText(result), 'lead'),
    ],
    main: [
      ...(sent === null ? [] : sentParts(sent)),
      ...(received === null ? [] : receivedParts(received)),
      ...section('Worth knowing', ...list(warnings.map(({ message }) => message))),
      ...section(
        'What was read',
        facts([
          ['Files', input.files.join(', ')],
          ['Lines', input.lines.toLocaleString('en')],
        ]),
      ),
    ],
    footer: [
      paragraph('Made by greyprobe. This page loads nothing, and needs no script to be read.'),
    ],
  };
}

function headline({ sent, received }: ObserveResult): string {
  if (sent !== null) {
    const { hosts, refused, waitedSeconds } = sent.greylisting;
    return hosts === 0
      ? 'No mail host greylists, as far as these logs show'
      : `${many(hosts, 'mail host greylists', 'mail hosts greylist')}: ${many(refused, 'first contact')} refused, ${formatDuration(waitedSeconds)} waited`;
  }
  if (received === null) return 'Nothing was recognised in these logs';
  return `${many(received.triplets, 'triplet')} had to wait, ${received.passed.toLocaleString('en')} passed`;
}

function spanText({ input, sent }: ObserveResult): string {
  const span =
    input.from === null || input.to === null
      ? ''
      : `${input.from.slice(0, 10)} to ${input.to.slice(0, 10)}: `;
  return sent === null
    ? `${span}${many(input.lines, 'line')}.`
    : `${span}${many(sent.delivered, 'delivery', 'deliveries')}, ${many(sent.attempts, 'try', 'tries')}, ${many(sent.mailHosts, 'mail host')}.`;
}

function sentParts({ hosts, late, settings, leftOut }: SentResult): Markup[] {
  const title = 'When each mail host lets a retry pass';
  const more =
    leftOut.hosts === 0
      ? []
      : [paragraph(`${many(leftOut.hosts, 'host')} left out (--top).`, 'soft')];
  const probes = hosts.flatMap(({ command }) => command ?? []).slice(0, MOST_PROBES);
  return [
    ...(hosts.length === 0
      ? []
      : section(
          title,
          figure(drawingOfSentHosts(hosts), title, 'hosts'),
          ...table('Mail hosts that greylist, by the waiting', HOST_COLUMNS, hosts),
          ...more,
        )),
    ...(settings === null ? [] : settingsParts(settings)),
    ...(probes.length === 0
      ? []
      : section(
          'What a log does not show',
          paragraph('A log shows nothing below your own first retry. Probes that would:'),
          ...probes.map((command) => toCopy([command])),
        )),
    ...section(
      'Late for another reason',
      ...table('Mail hosts that were late, and why', LATE_COLUMNS, late),
    ),
  ];
}

const MOST_PROBES = 5;

const HOST_COLUMNS: readonly Column<SentHost>[] = [
  { title: 'Mail host', kind: 'long', cell: nameOf },
  {
    title: 'Opens after',
    kind: 'number',
    cell: (one) => (one.contradictory ? 'contradictory' : edgeCell(one.window.opens)),
  },
  { title: 'First contacts', kind: 'number', cell: (one) => numberCell(one.firstContacts) },
  { title: 'Refused', kind: 'number', cell: (one) => numberCell(one.refused) },
  { title: 'Waited', kind: 'number', cell: (one) => durationCell(one.waitedSeconds) },
  { title: 'Lost', kind: 'number', cell: (one) => numberCell(one.lost) },
  { title: 'Proof', cell: (one) => one.confidence },
];

const LATE_COLUMNS: readonly Column<SentResult['late'][number]>[] = [
  { title: 'Mail host', kind: 'long', cell: nameOf },
  { title: 'Tries', kind: 'number', cell: (one) => numberCell(one.attempts) },
  { title: 'Not answered', kind: 'number', cell: (one) => numberCell(one.noAnswer) },
  {
    title: 'Refused',
    kind: 'long',
    cell: ({ refusals }) => refusals.map((one) => `${one.count} ${one.class}`).join(', '),
  },
];

function nameOf(one: { readonly host: string | null; readonly address: string | null }): string {
  return one.host ?? one.address ?? '?';
}

function settingsParts(settings: NonNullable<SentResult['settings']>): Markup[] {
  const { present, others, sender, fits, loggedSeconds } = settings;
  const better = others.filter((one) => one.better);
  const says = !fits
    ? `${sender} as it is assumed would have waited ${rangeText(present)}, and the log has ${formatDuration(loggedSeconds)}: that does not fit, so nothing is called better.`
    : better.length > 0
      ? 'Better than the present one, whatever the windows are within their bounds:'
      : 'None is better at both ends of all windows: these logs do not decide it.';
  return section(
    'What to set',
    ...table(`Settings of ${sender}, replayed over the same mail`, SETTING_COLUMNS, [
      present,
      ...others,
    ]),
    paragraph(says),
    ...better.map(({ paste }) => toCopy(paste)),
  );
}

const SETTING_COLUMNS: readonly Column<ComparedSetting>[] = [
  {
    title: 'Setting',
    kind: 'long',
    cell: ({ settings }) =>
      settings.length === 0
        ? 'as it is'
        : settings.map(({ name, value }) => `${name}=${value}`).join(' '),
  },
  {
    title: 'Waits',
    kind: 'number',
    cell: (one) => ({ by: one.waitedSeconds[1], text: rangeText(one) }),
  },
  {
    title: 'Retries',
    kind: 'number',
    cell: ({ retries: [low, high] }) => ({ by: high, text: fromTo(String(low), String(high)) }),
  },
];

function rangeText({ waitedSeconds: [low, high] }: ComparedSetting): string {
  return fromTo(formatDuration(low), formatDuration(high));
}

function receivedParts(received: ReceivedResult): Markup[] {
  const { delaySeconds, passedAfterSeconds: passed } = received;
  const known = facts([
    ['Greylisters', received.greylisters.join(', ')],
    ['Delay', delaySeconds === null ? '' : formatDuration(delaySeconds)],
    ['Let in at once', received.exempt.toLocaleString('en')],
    ['Never came back', received.neverCameBack.toLocaleString('en')],
    [
      'Passed after',
      passed === null
        ? ''
        : `${formatDuration(passed.median)} (half), ${formatDuration(passed.p90)} (nine of ten)`,
    ],
  ]);
  return [
    ...section('What greylisting does to the mail that you receive', known),
    ...section(
      'Other delays',
      ...table('The same clients under other delays', DELAY_COLUMNS, received.delays),
    ),
    ...section(
      'Never came back',
      ...table('Who, the most legitimate first', LOST_COLUMNS, received.lost),
    ),
    ...section(
      'Come back from other addresses',
      ...table('Senders that wait anew at each address', POOL_COLUMNS, received.pools),
    ),
    ...section('Many at once', ...table('Senders of codes', BURST_COLUMNS, received.bursts)),
  ];
}

const DELAY_COLUMNS: readonly Column<ReceivedResult['delays'][number]>[] = [
  { title: 'Delay', kind: 'number', cell: (one) => durationCell(one.delaySeconds) },
  {
    title: 'Pass',
    kind: 'number',
    cell: (one) => numberCell(one.passes, one.exact ? '' : 'at least '),
  },
  {
    title: 'Lost',
    kind: 'number',
    cell: (one) => numberCell(one.loses, one.exact ? '' : 'at most '),
  },
  { title: 'Wait on average', kind: 'number', cell: (one) => durationCell(one.meanWaitSeconds) },
];

const LOST_COLUMNS: readonly Column<ReceivedResult['lost'][number]>[] = [
  { title: 'Sender', kind: 'long', cell: ({ sender }) => sender },
  { title: 'Recipient', kind: 'long', cell: ({ recipient }) => recipient },
  { title: 'Client', kind: 'long', cell: ({ client, address }) => client ?? address },
  { title: 'Tries', kind: 'number', cell: ({ tries }) => numberCell(tries) },
  { title: 'Legitimate', cell: ({ legitimate }) => legitimate },
  { title: 'Because', kind: 'long', cell: ({ because }) => because },
];

const POOL_COLUMNS: readonly Column<ReceivedResult['pools'][number]>[] = [
  { title: 'Sender', kind: 'long', cell: ({ name }) => name },
  { title: 'Addresses', kind: 'number', cell: ({ addresses }) => numberCell(addresses) },
  { title: 'Triplets', kind: 'number', cell: ({ triplets }) => numberCell(triplets) },
  {
    title: 'To let in at once',
    kind: 'long',
    cell: ({ whitelist }) => (whitelist === null ? null : element('code', {}, whitelist)),
  },
];

const BURST_COLUMNS: readonly Column<ReceivedResult['bursts'][number]>[] = [
  { title: 'Sender domain', kind: 'long', cell: ({ senderDomain }) => senderDomain },
  { title: 'Bursts', kind: 'number', cell: ({ bursts }) => numberCell(bursts) },
  { title: 'Longest wait', kind: 'number', cell: (one) => durationCell(one.longestWaitSeconds) },
];
