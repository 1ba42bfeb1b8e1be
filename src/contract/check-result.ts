import * as v from 'valibot';
import { ProbeResultSchema } from './probe-result.js';

/* The JSON contract of `check --json`. */

/**
 * `not-judged` is neither of the others: the mail host was throttled or out of reach, or the run did
 * not show enough. Nothing may count it as passed or as failed.
 */
export const CHECK_OUTCOMES = ['passed', 'failed', 'not-judged'] as const;
export type CheckOutcome = (typeof CHECK_OUTCOMES)[number];

const count = v.pipe(v.number(), v.integer(), v.minValue(0));

/** What was found, number by number. Times in seconds; null where nothing is known. */
const CheckValuesSchema = v.record(
  v.string(),
  v.nullable(v.union([v.string(), v.number(), v.boolean()])),
);

const JudgementSchema = v.object({
  /** Name of the expectation in the configuration: `verdict`, `opensNoLaterThan`, ... */
  expectation: v.string(),
  /** What was expected, in words. */
  expected: v.string(),
  outcome: v.picklist(CHECK_OUTCOMES),
  /** What was found, in words. */
  found: v.string(),
  /** Why it could not be judged: `throttled`, `unreachable`, `inconclusive`, ...; null where it was. */
  reason: v.nullable(v.string()),
  values: CheckValuesSchema,
});

const SuppressionSchema = v.object({
  /** The last day that it holds, as `2026-12-31`, in UTC. */
  until: v.string(),
  reason: v.string(),
});

const CheckedTargetSchema = v.object({
  /** As the configuration calls it; else the recipient. */
  name: v.string(),
  recipient: v.string(),
  /** What is suppressed counts for nothing here: where all is, the target has passed. */
  outcome: v.picklist(CHECK_OUTCOMES),
  /** The target is known to be bad: what does not hold is `not-judged`, with the reason `suppressed`. */
  suppressed: v.optional(SuppressionSchema),
  judgements: v.array(JudgementSchema),
  /** The run that was judged. */
  result: ProbeResultSchema,
});

export const CheckResultSchema = v.object({
  schema: v.literal('greyprobe.check-result.v1'),
  version: v.string(),
  startedAt: v.string(),
  finishedAt: v.string(),
  /** Failed where one target failed; else not judged where one was not; else passed. */
  outcome: v.picklist(CHECK_OUTCOMES),
  /** Expectations by outcome. `suppressed`: how many of those that were not judged; absent: none. */
  counts: v.object({
    passed: count,
    failed: count,
    notJudged: count,
    suppressed: v.optional(count),
  }),
  /** When the first of the runs that wait wants its next attempt, RFC 3339, UTC; null: none waits. */
  nextDueAt: v.nullable(v.string()),
  targets: v.array(CheckedTargetSchema),
});

export type CheckValues = v.InferOutput<typeof CheckValuesSchema>;
export type Judgement = v.InferOutput<typeof JudgementSchema>;
export type Suppression = v.InferOutput<typeof SuppressionSchema>;
export type CheckedTarget = v.InferOutput<typeof CheckedTargetSchema>;
export type CheckResult = v.InferOutput<typeof CheckResultSchema>;

/** Why a judgement of a target that is known to be bad was not made. */
export const SUPPRESSED = 'suppressed';

/** The outcome of judgements together. Those that are suppressed count for nothing. */
export function outcomeOfJudgements(judgements: readonly Judgement[]): CheckOutcome {
  const counted = judgements.filter(({ reason }) => reason !== SUPPRESSED);
  const isAllSuppressed = counted.length === 0 && judgements.length > 0;
  return isAllSuppressed ? 'passed' : jointOutcome(counted.map(({ outcome }) => outcome));
}

/** The outcome of several: one failure fails all, and what was not judged is never passed. */
export function jointOutcome(outcomes: readonly CheckOutcome[]): CheckOutcome {
  if (outcomes.includes('failed')) return 'failed';
  return outcomes.includes('not-judged') || outcomes.length === 0 ? 'not-judged' : 'passed';
}
