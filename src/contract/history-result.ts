import * as v from 'valibot';
import { VerdictSchema } from '../core/evidence/verdict-schema.js';
import { WindowSchema } from './probe-result.js';

/* The JSON contract of `history --json`. Times are RFC 3339, UTC. */

const VerdictWordsSchema = v.pick(VerdictSchema, ['kind', 'confidence', 'class']);

const SeenRunSchema = v.object({
  run: v.string(),
  startedAt: v.string(),
  verdict: VerdictWordsSchema,
  window: v.nullable(WindowSchema),
  /** Why it says nothing of a change: `throttled`, `unreachable`, `inconclusive`, ...; null: it counts. */
  leftOut: v.nullable(v.string()),
});

const PeriodSchema = v.object({
  /** When the first and the last run of it began: what was between two periods nobody saw. */
  from: v.string(),
  until: v.string(),
  runs: v.pipe(v.number(), v.integer()),
  verdict: VerdictWordsSchema,
  /** What all of its runs show together. */
  window: v.nullable(WindowSchema),
});

const SeriesSchema = v.object({
  recipient: v.string(),
  /** The mail host that was measured; null: none was reached. */
  host: v.nullable(v.string()),
  stage: v.string(),
  /** Oldest first. */
  periods: v.array(PeriodSchema),
  /** Oldest first. */
  runs: v.array(SeenRunSchema),
});

export const HistoryResultSchema = v.object({
  schema: v.literal('greyprobe.history-result.v1'),
  folder: v.string(),
  /** As asked for. */
  target: v.string(),
  /** One for each recipient, mail host and stage, in the order in which they were first seen. */
  series: v.array(SeriesSchema),
});

export type HistoryResult = v.InferOutput<typeof HistoryResultSchema>;
export type HistorySeries = HistoryResult['series'][number];
export type SeenRun = v.InferOutput<typeof SeenRunSchema>;
export type HistoryPeriod = v.InferOutput<typeof PeriodSchema>;
