import type { CheckOutcome } from '../../contract/check-result.js';
import type { Report } from '../../contract/report.js';
import type { ExitCode } from '../../model/exit-codes.js';
import {
  countOutcomes,
  countsText,
  durationSeconds,
  type Judged,
  judgedOf,
  outcomeOfAll,
} from './judged.js';
import type { Reporter } from './reporter.js';
import { cut, visible } from './visible.js';

/**
 * A line as the guidelines for monitoring plugins want it: status, text, `|`, performance data; then
 * a line for each expectation. Exit 0 is OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN.
 */
export const nagios: Reporter = { render, exitCode: (report) => STATES[stateOf(report)] };

const STATES = { OK: 0, WARNING: 1, CRITICAL: 2, UNKNOWN: 3 } as const satisfies Record<
  string,
  ExitCode
>;
type State = keyof typeof STATES;

const STATE_OF: Readonly<Record<CheckOutcome, State>> = {
  passed: 'OK',
  failed: 'CRITICAL',
  'not-judged': 'UNKNOWN',
};

/** What the first line may take: pagers show little more. */
const LONGEST_LINE = 240;

/** Of a target's name in labels. */
const LONGEST_PREFIX = 60;

/** A probe that got a verdict other than greylisted or accepted is worth a look, no more. */
function stateOf(report: Report): State {
  const judged = judgedOf(report);
  const state = STATE_OF[outcomeOfAll(judged)];
  const odd =
    report.kind !== 'check' && judged.some(({ result }) => result.verdict.kind === 'deferred');
  return state === 'OK' && odd ? 'WARNING' : state;
}

function render(report: Report): string {
  const judged = judgedOf(report);
  const head = `GREYPROBE ${stateOf(report)} - ${cut(plain(headline(judged)), LONGEST_LINE)}`;
  const details = judged.flatMap(({ name, judgements }) =>
    judgements.map(
      ({ outcome, expectation, expected, found, reason }) =>
        `${outcome}${reason === null ? '' : ` (${reason})`}: ${name}: ${expectation}: expected ${expected}; found ${found}`,
    ),
  );
  const first = `${head} | ${performanceData(judged)}`;
  return `${[
    first,
    ...fitting(
      details.map((line) => cut(plain(line), LONGEST_DETAIL)),
      first,
    ),
  ].join('\n')}\n`;
}

/** What plugins may print at most: NRPE cuts off what is more. */
const MOST_BYTES = 8192;
const ROOM_FOR_MORE = 40;
const LONGEST_DETAIL = 200;
/** Of the first line, so that the failures have room behind it. */
const MOST_DATA_BYTES = 4096;

/** As many lines as fit behind the first, failures before what was not judged, and how many did not. */
function fitting(details: readonly string[], first: string): readonly string[] {
  const ranked = STATE_TELLS.flatMap((outcome) =>
    details.filter((line) => line.startsWith(outcome)),
  );
  const lines = Buffer.byteLength([first, ...details].join('\n')) < MOST_BYTES ? details : ranked;
  let left = MOST_BYTES - ROOM_FOR_MORE - Buffer.byteLength(first);
  const kept = lines.findIndex((line) => {
    left -= Buffer.byteLength(line) + 1;
    return left < 0;
  });
  return kept < 0 ? lines : [...lines.slice(0, kept), `and ${lines.length - kept} more`];
}

function headline(judged: readonly Judged[]): string {
  const counts = countOutcomes(judged);
  const worst = STATE_TELLS.find((outcome) => counts[outcome] > 0);
  const first = judged
    .flatMap(({ name, judgements }) => judgements.map((judgement) => ({ name, judgement })))
    .find(({ judgement }) => judgement.outcome === worst);
  const sum = countsText(judged);
  if (first === undefined) return sum;
  const { name, judgement } = first;
  return `${sum}; ${name}: ${judgement.expectation}: ${judgement.found}`;
}

const STATE_TELLS: readonly CheckOutcome[] = ['failed', 'not-judged', 'passed'];

function performanceData(judged: readonly Judged[]): string {
  const counts = countOutcomes(judged);
  const prefixes = judged.length > 1 ? prefixesOf(judged.map(({ name }) => name)) : [''];
  const data = [
    datum('passed', counts.passed, '', 0),
    datum('failed', counts.failed, '', 0),
    datum('not_judged', counts['not-judged'], '', 0),
    ...judged.flatMap((one, index) => targetData(one, prefixes[index] ?? '')),
  ];
  let left = MOST_DATA_BYTES;
  const kept = data.findIndex((one) => {
    left -= one.length + 1;
    return left < 0;
  });
  return (kept < 0 ? data : data.slice(0, kept)).join(' ');
}

/**
 * Labels name their target, so that a graph goes on where the configuration gets another one; in
 * letters and digits, which need no quotes. Names that come out alike are numbered.
 */
function prefixesOf(names: readonly string[]): readonly string[] {
  const seen = new Map<string, number>();
  return names.map((name) => {
    const word = name
      .toLowerCase()
      .replace(/[^a-z0-9]+/gu, '_')
      .slice(0, LONGEST_PREFIX);
    const count = (seen.get(word) ?? 0) + 1;
    seen.set(word, count);
    return `${word}${count === 1 ? '' : `_no${count}`}_`;
  });
}

function targetData({ result }: Judged, prefix: string): readonly string[] {
  const { window, connections } = result;
  const seconds = {
    opens_after: window?.opens.afterSeconds ?? null,
    opens_by: window?.opens.bySeconds ?? null,
    closes_after: window?.closes.afterSeconds ?? null,
    closes_by: window?.closes.bySeconds ?? null,
    run: durationSeconds(result),
  };
  return [
    ...Object.entries(seconds).flatMap(([label, value]) =>
      value === null ? [] : [datum(`${prefix}${label}`, value, 's', 0)],
    ),
    datum(`${prefix}connections`, connections, '', 0),
  ];
}

/** `label=value[unit];warn;crit;min`. No exponents: old readers do not know them. */
function datum(label: string, value: number, unit: string, min: number): string {
  const digits = Number(value.toFixed(3)).toLocaleString('en-US', {
    useGrouping: false,
    maximumFractionDigits: 3,
  });
  return `${label}=${digits}${unit};;;${min}`;
}

/** `|` would begin performance data. */
function plain(text: string): string {
  return visible(text).replaceAll('|', '\\x7c');
}
