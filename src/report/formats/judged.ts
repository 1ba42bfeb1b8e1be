import { type CheckOutcome, type Judgement, jointOutcome } from '../../contract/check-result.js';
import { exitCodeOf } from '../../contract/exit-code.js';
import type { ProbeResult } from '../../contract/probe-result.js';
import { type Report, resultsOf } from '../../contract/report.js';
import { EXIT } from '../../model/exit-codes.js';
import type { Edge } from '../../model/time.js';
import { bracketText, secondsText } from '../../model/values/seconds-text.js';

/** A target with its judgements: what the formats of test runners and monitoring show. */
export interface Judged {
  readonly name: string;
  readonly outcome: CheckOutcome;
  readonly judgements: readonly Judgement[];
  readonly result: ProbeResult;
}

/** A check as it is; a probe as a check that expects no more than a verdict. */
export function judgedOf(report: Report): readonly Judged[] {
  if (report.kind === 'check') return report.result.targets;
  return resultsOf(report).map((result) => {
    const judgement = judgementOfProbe(result);
    return {
      name: result.target.recipient,
      outcome: judgement.outcome,
      judgements: [judgement],
      result,
    };
  });
}

/** How many of each outcome, over all judgements. */
export function countOutcomes(judged: readonly Judged[]): Record<CheckOutcome, number> {
  const counts = { passed: 0, failed: 0, 'not-judged': 0 };
  for (const { outcome } of judged.flatMap(({ judgements }) => judgements)) counts[outcome] += 1;
  return counts;
}

/** `2 passed, 1 failed, 0 not judged`. */
export function countsText(judged: readonly Judged[]): string {
  const counts = countOutcomes(judged);
  return `${counts.passed} passed, ${counts.failed} failed, ${counts['not-judged']} not judged`;
}

/** What was found, value by value: `limitSeconds = 300`. Hostile text inside. */
export function valueTexts({ values }: Judgement, between: string): readonly string[] {
  return Object.entries(values).map(([name, value]) => `${name}${between}${value ?? 'unknown'}`);
}

/**
 * The same in words: `opens at 296.2 to 301 s`, `tls: yes`. What is not known is left out, but for the
 * edge that is looked for. Hostile text inside.
 */
export function factTexts({ values }: Judgement): readonly string[] {
  const { verdict, confidence, opensAfterSeconds, opensBySeconds, ...others } = values;
  const { closesAfterSeconds, closesBySeconds, ...rest } = others;
  const opens = edgeOf(opensAfterSeconds, opensBySeconds);
  const closes = edgeOf(closesAfterSeconds, closesBySeconds);
  return [
    ...(verdict === undefined ? [] : [`${verdict ?? 'no verdict'}, ${confidence ?? '?'}`]),
    ...(opens === null ? [] : [openingText(opens)]),
    ...(closes === null ? [] : closingTexts(closes)),
    ...Object.entries(rest).flatMap(([name, value]) =>
      value === null ? [] : [`${wordsOf(name)}: ${valueText(name, value)}`],
    ),
  ];
}

type Value = string | number | boolean | null | undefined;

/** Null: the judgement does not speak of it. */
function edgeOf(after: Value, by: Value): Edge | null {
  if (after === undefined && by === undefined) return null;
  return { afterSeconds: secondsOf(after), bySeconds: secondsOf(by) };
}

function secondsOf(value: Value): number | null {
  return typeof value === 'number' ? value : null;
}

function openingText(opens: Edge): string {
  if (opens.bySeconds !== null) return `opens at ${bracketText(opens)}`;
  return opens.afterSeconds === null
    ? 'no retry was seen to pass'
    : `not open up to ${secondsText(opens.afterSeconds)}`;
}

function closingTexts(closes: Edge): readonly string[] {
  if (closes.bySeconds !== null) return [`closes at ${bracketText(closes)}`];
  return closes.afterSeconds === null ? [] : [`still open at ${secondsText(closes.afterSeconds)}`];
}

/** `limitSeconds` as `limit`, `missChance` as `miss chance`. */
function wordsOf(name: string): string {
  return name.replace(/Seconds$/u, '').replace(/[A-Z]/gu, (letter) => ` ${letter.toLowerCase()}`);
}

function valueText(name: string, value: string | number | boolean): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number' && name.endsWith('Seconds')) return secondsText(value);
  return String(value);
}

/** The outcome of all targets together. */
export function outcomeOfAll(judged: readonly Judged[]): CheckOutcome {
  return jointOutcome(judged.map(({ outcome }) => outcome));
}

/** `greylisted, confirmed: mx.example.org [192.0.2.1] greylists ...`. Hostile text inside. */
export function verdictText({ verdict }: ProbeResult): string {
  return `${verdict.kind}, ${verdict.confidence}: ${verdict.summary}`;
}

/** How long the run took; null while it goes on. */
export function durationSeconds({ startedAt, finishedAt }: ProbeResult): number | null {
  if (finishedAt === null) return null;
  const seconds = (Date.parse(finishedAt) - Date.parse(startedAt)) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, seconds) : null;
}

function judgementOfProbe(result: ProbeResult): Judgement {
  const { kind, confidence } = result.verdict;
  const { outcome, reason } = outcomeOfProbe(result);
  return {
    expectation: 'probe',
    outcome,
    expected: 'a mail host that takes mail, now or after a wait',
    found: verdictText(result),
    reason,
    values: { verdict: kind, confidence },
  };
}

/** A probe holds no expectation of the user: a host that takes no mail at all is what can fail. */
function outcomeOfProbe(result: ProbeResult): { outcome: CheckOutcome; reason: string | null } {
  switch (exitCodeOf(result)) {
    case EXIT.ok:
      return { outcome: 'passed', reason: null };
    case EXIT.rejected:
    case EXIT.noMailService:
      return { outcome: 'failed', reason: null };
    case EXIT.unreachable:
    case EXIT.machineLimit:
      return { outcome: 'not-judged', reason: 'unreachable' };
    case EXIT.notYet:
      return { outcome: 'not-judged', reason: 'not-yet' };
    case EXIT.interrupted:
      return { outcome: 'not-judged', reason: 'interrupted' };
    default:
      return {
        outcome: 'not-judged',
        reason: result.reason === 'throttled' ? 'throttled' : 'inconclusive',
      };
  }
}
