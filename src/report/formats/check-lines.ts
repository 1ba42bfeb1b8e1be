import type { CheckedTarget, CheckOutcome, Judgement } from '../../contract/check-result.js';
import type { ProbeResult } from '../../contract/probe-result.js';
import { bracketText } from '../../model/values/seconds-text.js';
import type { View } from '../view.js';

/** So many targets are shown one by one; of more each gets a line. */
const MOST_IN_FULL = 5;

/** Whether each target gets a line instead of all that was judged of it. */
export function areMany(targets: readonly CheckedTarget[], { depth }: View): boolean {
  return depth !== 'details' && targets.length > MOST_IN_FULL;
}

/** The targets of the outcomes that were asked for. */
export function shownTargets(
  targets: readonly CheckedTarget[],
  { only = [] }: View,
): readonly CheckedTarget[] {
  return only.length === 0 ? targets : targets.filter(({ outcome }) => only.includes(outcome));
}

/** One target of many. Hostile text inside. */
export interface CheckLine {
  readonly outcome: CheckOutcome;
  readonly target: string;
  /** `greylisted, 296.2 to 301 s` */
  readonly does: string;
  /** What failed, or could not be judged; empty where all held. */
  readonly because: string;
}

const WORST_FIRST: readonly CheckOutcome[] = ['failed', 'not-judged', 'passed'];

/** A line for each target: what failed, what was not judged, then what passed. */
export function checkLines(targets: readonly CheckedTarget[]): readonly CheckLine[] {
  return WORST_FIRST.flatMap((outcome) =>
    targets.filter((one) => one.outcome === outcome).map(lineOf),
  );
}

function lineOf({ name, outcome, judgements, result }: CheckedTarget): CheckLine {
  return { outcome, target: name, does: doesText(result), because: becauseText(judgements) };
}

function doesText({ state, verdict, window }: ProbeResult): string {
  if (state !== 'finished') return 'not measured to the end';
  if (verdict.kind !== 'greylisted' || window === null) return verdict.kind;
  return `greylisted, ${bracketText(window.opens)}`;
}

function becauseText(judgements: readonly Judgement[]): string {
  const bad = WORST_FIRST.slice(0, 2).flatMap((outcome) =>
    judgements.filter((one) => one.outcome === outcome),
  );
  const [first] = bad;
  if (first === undefined) return '';
  const more = bad.length > 1 ? ` (and ${bad.length - 1} more)` : '';
  return `${first.expectation}: ${first.found}${more}`;
}
