import { decidingHosts } from '../../contract/deciding-hosts.js';
import type {
  ComparedSetting,
  ObserveResult,
  SentHost,
  SentResult,
} from '../../contract/observe-result.js';
import { durationText, formatDuration } from '../../model/values/duration.js';
import { escapeControl } from '../../model/values/escape.js';
import { bracketText, fromTo } from '../../model/values/seconds-text.js';
import { receivedBlocks } from './observe-received-text.js';
import { PLAIN, type Style } from './style.js';
import { tableOrList } from './table.js';
import { hanging, joined, wrapText } from './wrap.js';

/** Hosts whose probe is named: a few decide most of the waiting. */
const PROBES = 5;
/** Destinations that are written out. */
const SHOWN_DESTINATIONS = 3;

/** What logs tell, for people. */
export function renderObservation(result: ObserveResult, style: Style = PLAIN): string {
  const { sent, received } = result;
  return joined([
    headBlock(result, style),
    ...(received === null ? [] : receivedBlocks(received, style)),
    ...(sent === null
      ? []
      : [
          lostBlock(sent, style),
          hostsBlock(sent, style),
          listedBlock(sent, style),
          settingsBlock(sent, style),
          retriesBlock(sent, style),
          destinationsBlock(sent, style),
          probesBlock(sent, style),
          lateBlock(sent, style),
        ]),
    result.warnings.flatMap(({ message }) =>
      hanging('Note: ', escapeControl(message), 6, style.columns),
    ),
  ]);
}

function headBlock({ input, sent }: ObserveResult, style: Style): readonly string[] {
  const span =
    input.from === null || input.to === null
      ? ''
      : `${input.from.slice(0, 10)} to ${input.to.slice(0, 10)}: `;
  if (sent === null)
    return wrapText(`${span}${input.lines} lines, no deliveries of a sender.`, style.columns);
  const { greylisting } = sent;
  const says =
    greylisting.hosts === 0
      ? 'No mail host greylists, as far as this log shows.'
      : `${many(greylisting.hosts, 'mail host greylists', 'mail hosts greylist')}: ${many(greylisting.refused, 'first contact was refused', 'first contacts were refused')}, and mail waited ${formatDuration(greylisting.waitedSeconds)} in all.`;
  return [
    ...wrapText(says, style.columns).map(style.strong),
    ...wrapText(
      `${span}${many(sent.delivered, 'delivery', 'deliveries')}, ${many(sent.attempts, 'try', 'tries')}, ${many(sent.mailHosts, 'mail host', 'mail hosts')}.`,
      style.columns,
    ),
  ];
}

function lostBlock({ hosts }: SentResult, style: Style): readonly string[] {
  const lost = hosts.filter((one) => one.lost > 0);
  if (lost.length === 0) return [];
  return [
    style.strong('Lost: given up before it got in'),
    ...lost.flatMap((one) =>
      hanging('  - ', `${nameOf(one)}: ${many(one.lost, 'message', 'messages')}`, 4, style.columns),
    ),
  ];
}

const TITLES = ['mail host', 'opens at', 'refused', 'waited', 'proof'] as const;

function hostsBlock({ hosts, leftOut }: SentResult, style: Style): readonly string[] {
  if (hosts.length === 0) return [];
  const rows = hosts.map((one) => [
    nameOf(one),
    opensText(one),
    `${one.refused} of ${one.firstContacts}`,
    formatDuration(one.waitedSeconds),
    proofText(one),
  ]);
  const more = leftOut.hosts > 0 ? [`(${leftOut.hosts} more: --top)`] : [];
  return [...tableOrList(TITLES, rows, style), ...more];
}

export function opensText({ window, contradictory }: SentHost): string {
  if (contradictory) return 'contradictory';
  const { afterSeconds, bySeconds } = window.opens;
  return afterSeconds === null && bySeconds === null ? 'not shown' : bracketText(window.opens);
}

function proofText({ confidence, pairs }: SentHost): string {
  const { agedPassedFreshRefused: forIt, agedRefusedFreshPassed: against } = pairs;
  return forIt + against === 0 ? confidence : `${confidence} (${forIt} : ${against})`;
}

function listedBlock({ hosts }: SentResult, style: Style): readonly string[] {
  const lines = hosts.flatMap((one) => {
    const { letsInAfterPasses: passes, forgottenAfterSeconds: forgotten } = one;
    const says = [
      passes === null
        ? ''
        : `lets you in at once since ${many(passes, 'retry', 'retries')} had passed`,
      forgotten === null
        ? ''
        : `refused a tuple again ${formatDuration(forgotten)} after it had passed`,
      one.changed == null
        ? ''
        : `changed its delay about ${one.changed.at.slice(0, 10)}: before, it opened at ${bracketText(one.changed.opensBefore)}`,
      one.misfits > 0 ? `${many(one.misfits, 'try does', 'tries do')} not fit the window` : '',
      one.contradictory
        ? 'its answers fit no one delay: several machines, or the delay was changed'
        : '',
    ].filter((part) => part !== '');
    return says.length === 0
      ? []
      : hanging('  - ', `${nameOf(one)} ${says.join('; ')}.`, 4, style.columns);
  });
  return lines.length === 0 ? [] : [style.strong('More of these hosts'), ...lines];
}

function settingsBlock({ settings }: SentResult, style: Style): readonly string[] {
  if (settings === null) return [];
  const { present, others, sender, fits, loggedSeconds } = settings;
  const better = others.filter((one) => one.better);
  const verdict = !fits
    ? `${sender} as it is assumed would have waited ${rangeText(present)}, and the log has ${formatDuration(loggedSeconds)}: that does not fit, so nothing is called better. Give its settings with --set, or another sender with --for.`
    : better.length > 0
      ? 'Better than the present one, whatever the windows are within their bounds:'
      : 'None is better at both ends of all windows: this log does not decide it.';
  return [
    style.strong('What to set'),
    ...row('as it is', present, style),
    ...others.flatMap((one) =>
      row(one.settings.map(({ name, value }) => `${name}=${value}`).join(' '), one, style),
    ),
    ...wrapText(verdict, style.columns),
    ...better.flatMap(({ paste }) => paste.map((line) => `    ${line}`)),
  ];
}

/** For one destination alone, so that other mail stays as it is. */
function destinationsBlock({ settings }: SentResult, style: Style): readonly string[] {
  const destinations = settings?.destinations ?? [];
  if (destinations.length === 0) return [];
  return [
    style.strong('For one destination alone'),
    ...destinations.slice(0, SHOWN_DESTINATIONS).flatMap((one) => {
      const { domain, landsSeconds, paste, price } = one;
      const lands =
        landsSeconds === null ? '' : ` lands after ${fromTo(...landsText(landsSeconds))}.`;
      return [
        ...hanging('  - ', escapeControl(`Mail to ${domain}${lands} ${price}`), 4, style.columns),
        ...paste.map((line) => `    ${escapeControl(line)}`),
      ];
    }),
  ];
}

function landsText([low, high]: readonly [number, number]): [string, string] {
  return [formatDuration(Math.round(low)), formatDuration(Math.round(high))];
}

function row(name: string, one: ComparedSetting, style: Style): readonly string[] {
  const [low, high] = one.retries;
  return hanging(
    '  ',
    `${name}: waits ${rangeText(one)}, ${low === high ? many(low, 'retry', 'retries') : `${low} to ${high} retries`}`,
    4,
    style.columns,
  );
}

function rangeText({ waitedSeconds: [low, high] }: ComparedSetting): string {
  return fromTo(formatDuration(low), formatDuration(high));
}

/** So many waits show how it goes on. */
const SHOWN_RETRIES = 6;

function retriesBlock(
  { retries = [], schedule = null, hosts }: SentResult,
  style: Style,
): readonly string[] {
  const [first] = retries;
  if (first === undefined || schedule === null) return [];
  const waits = retries
    .slice(0, SHOWN_RETRIES)
    .map((one) => formatDuration(one.medianSeconds))
    .join(', ');
  const more = retries.length > SHOWN_RETRIES ? ' ...' : '';
  return [
    style.strong('Your own retries'),
    ...wrapText(
      `After a refusal this sender waited ${waits}${more} from try to try: medians, the first of ${many(first.seen, 'wait', 'waits')} between ${formatDuration(first.lowSeconds)} and ${formatDuration(first.highSeconds)}. As a sender of your own:`,
      style.columns,
    ),
    `    greyprobe recommend ${opensFlag(hosts)}--schedule ${schedule}`,
  ];
}

/** The window of the host at which mail waited most, where the log shows it. */
function opensFlag(hosts: readonly SentHost[]): string {
  const seconds = hosts.find(({ window }) => window.opens.bySeconds !== null)?.window.opens
    .bySeconds;
  return seconds == null ? '' : `--opens-by ${durationText(Math.ceil(seconds))} `;
}

/** Where the bracket is wide and much mail comes, a probe decides most. */
function probesBlock({ hosts }: SentResult, style: Style): readonly string[] {
  const open = decidingHosts(hosts, PROBES);
  if (open.length === 0) return [];
  return [
    style.strong('A log shows nothing below your own first retry. These probes decide most:'),
    ...open.map(({ command }) => `    ${escapeControl(command ?? '')}`),
  ];
}

function lateBlock({ late, leftOut }: SentResult, style: Style): readonly string[] {
  if (late.length === 0) return [];
  const lines = late.flatMap((one) => {
    const says = [
      one.noAnswer > 0 ? `${one.noAnswer} not answered` : '',
      ...one.refusals.map(({ class: name, count }) => `${count} refused (${name})`),
    ].filter((part) => part !== '');
    return hanging(
      '  - ',
      `${nameOf(one)}: ${says.join(', ')}, of ${many(one.attempts, 'try', 'tries')}`,
      4,
      style.columns,
    );
  });
  const more = leftOut.late > 0 ? [`  (${leftOut.late} more: --top)`] : [];
  return [style.strong('Late for another reason than a greylist'), ...lines, ...more];
}

export function nameOf({
  host,
  address,
}: {
  readonly host: string | null;
  readonly address: string | null;
}): string {
  return escapeControl(host ?? address ?? '?');
}

function many(count: number, one: string, more: string): string {
  return `${count} ${count === 1 ? one : more}`;
}
