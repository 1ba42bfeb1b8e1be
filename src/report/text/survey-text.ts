import type { SurveyPlan } from '../../contract/survey-plan.js';
import type { SurveyResult } from '../../contract/survey-result.js';
import { formatDuration } from '../../model/values/duration.js';
import { escapeControl } from '../../model/values/escape.js';
import type { Style } from './style.js';
import { GAP, padded } from './table.js';
import { wrapText } from './wrap.js';

/** What a survey found, for people. */
export function renderSurvey(result: SurveyResult, style: Style): string {
  return [
    ...headline(result, style),
    ...verdicts(result),
    ...groups('Product', result.products, style),
    ...groups('Operator', result.operators, style),
    ...senders(result, style),
    ...firstRetry(result, style),
  ].join('\n');
}

function headline({ counts, ended, survey }: SurveyResult, { columns, strong }: Style): string[] {
  const { targets, done, hosts, connections, stops } = counts;
  const whole = `${done} of ${targets} targets at ${hosts} mail hosts, with ${connections} connections.`;
  const why =
    ended === 'asked-to-stop'
      ? ` The survey was ended: ${stops} hosts asked it to stop, or said that they block this client. Find out why before you go on with it.`
      : '';
  const next = ended === null ? [] : ['Go on with:', `  greyprobe resume ${survey}`];
  return [...wrapText(strong(whole) + why, columns), ...next, ''];
}

function verdicts({ verdicts: counts }: SurveyResult): string[] {
  const rows = Object.entries(counts);
  const width = Math.max(0, ...rows.map(([, count]) => String(count).length));
  return [
    ...rows.map(
      ([kind, count]) =>
        `${String(count).padStart(width)}${GAP}${kind === 'none' ? 'left alone: opted out' : kind}`,
    ),
    '',
  ];
}

function groups(title: string, all: SurveyResult['products'], { faint }: Style): string[] {
  const some = all.filter(({ greylisted }) => greylisted > 0);
  if (some.length === 0) return [];
  const width = Math.min(32, Math.max(title.length, ...some.map(({ name }) => name.length)));
  return [
    faint(`${padded(title, width)}${GAP}targets  greylist  opens by: half     all`),
    ...some.map(({ name, targets, greylisted, medianOpensBySeconds, lastOpensBySeconds }) =>
      [
        padded(escapeControl(name), width),
        String(targets).padStart(7),
        String(greylisted).padStart(8),
        timeCell(medianOpensBySeconds, 14),
        timeCell(lastOpensBySeconds, 6),
      ].join(GAP),
    ),
    '',
  ];
}

function timeCell(seconds: number | null, width: number): string {
  return (seconds === null ? '?' : formatDuration(Math.ceil(seconds))).padStart(width);
}

const SHOWN_WITHIN = [300, 900, 3600, 86_400];

function senders({ senders: all, measured }: SurveyResult, { columns, faint }: Style): string[] {
  if (measured === 0) return [];
  const known = all.filter((one) => !isUnknown(one, measured));
  const unknown = all.filter((one) => isUnknown(one, measured)).map(({ id }) => id);
  const width = Math.max(6, ...known.map(({ id }) => id.length));
  const titles = SHOWN_WITHIN.map((seconds) => formatDuration(seconds).padStart(9)).join('');
  return [
    ...wrapText(
      `Of ${measured} destinations that greylist and were measured, how many get the mail of a sender, as it is shipped, within:`,
      columns,
    ),
    faint(`${padded('sender', width)}${titles}${'never'.padStart(9)}`),
    ...known.map(({ id, within, never }) => {
      const cells = SHOWN_WITHIN.map((seconds) => within.find((one) => one.seconds === seconds));
      return `${padded(id, width)}${[...cells, never].map(rangeCell).join('')}`;
    }),
    ...wrapText(
      'Two numbers: the brackets decide it for the first, and leave it open up to the second.',
      columns,
    ),
    ...(unknown.length === 0
      ? []
      : wrapText(`When they try again is not known: ${unknown.join(', ')}.`, columns)),
    '',
  ];
}

/** Nothing is said of a sender whose schedule is not known. */
function isUnknown({ within, never }: SurveyResult['senders'][number], measured: number): boolean {
  return [...within, never].every(({ atLeast, atMost }) => atLeast === 0 && atMost === measured);
}

function rangeCell(range: { atLeast: number; atMost: number } | undefined): string {
  if (range === undefined) return ''.padStart(9);
  const { atLeast, atMost } = range;
  return (atLeast === atMost ? String(atLeast) : `${atLeast}-${atMost}`).padStart(9);
}

function firstRetry(
  { best, firstRetry: waits, measured }: SurveyResult,
  { columns, faint }: Style,
): string[] {
  if (best === null) return [];
  return [
    ...wrapText(best.says, columns),
    faint('first retry after  serves with it  price, on average'),
    ...waits.map(
      (one) =>
        `${formatDuration(one.seconds).padStart(17)}${GAP}${`${rangeCell(one).trim()} of ${measured}`.padStart(14)}${GAP}${formatDuration(one.meanExtraSeconds)} longer than they must`,
    ),
  ];
}

/** What a survey would do. */
export function renderSurveyPlan(plan: SurveyPlan, { columns }: Style): string {
  const { targets, hosts, connectionsAtLeast, connectionsAtMost, endsBy } = plan;
  return wrapText(
    `${targets} targets at ${hosts} mail hosts: ${connectionsAtLeast} connections where none of them ` +
      `greylists, at most ${connectionsAtMost} where all do, done by ${endsBy} at the latest. Only the ` +
      'DNS was asked.',
    columns,
  ).join('\n');
}
