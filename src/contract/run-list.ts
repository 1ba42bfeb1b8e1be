import * as v from 'valibot';
import { VERDICT_KINDS } from '../core/evidence/verdict-schema.js';
import { CONFIDENCES } from '../core/greylist/hypothesis.js';
import { ProbeResultSchema, WindowSchema } from './probe-result.js';

/* The JSON contract of `runs --json`, `runs show --json` and `runs prune --json`. */

const text = v.nullable(v.string());
const count = v.pipe(v.number(), v.integer(), v.minValue(0));

/**
 * running: a process drives it now. waiting: told to come back later. interrupted: stopped or killed;
 * can be resumed. empty: killed before anything was sent. unreadable: see `problem`.
 */
export const STORED_STATES = [
  'running',
  'waiting',
  'interrupted',
  'finished',
  'empty',
  'unreadable',
] as const;

const RunSummarySchema = v.object({
  run: v.string(),
  path: v.string(),
  state: v.picklist(STORED_STATES),
  /** The recipient; null where the journal does not say. */
  target: text,
  /** RFC 3339, UTC, as all times here. */
  startedAt: text,
  lastEventAt: text,
  /** When the next connection is wanted; in the past: now. Null where none is. */
  nextDueAt: text,
  verdict: v.nullable(
    v.object({ kind: v.picklist(VERDICT_KINDS), confidence: v.picklist(CONFIDENCES) }),
  ),
  /** Of a host that greylists; absent where an older version wrote it. */
  window: v.optional(v.nullable(WindowSchema)),
  connections: count,
  attempts: count,
  /** The process that drives it. */
  heldBy: v.nullable(v.object({ pid: count, host: v.string() })),
  problem: v.nullable(v.object({ code: v.string(), message: v.string() })),
});

export const RunListSchema = v.object({
  schema: v.literal('greyprobe.runs.v1'),
  folder: v.string(),
  /** Newest first. */
  runs: v.array(RunSummarySchema),
});

export const ShownRunSchema = v.object({
  schema: v.literal('greyprobe.run.v1'),
  ...RunSummarySchema.entries,
  /** Version of greyprobe that began it. */
  version: v.string(),
  /** How often another process took it up. */
  resumed: count,
  /** A line was cut short when a process died; what it would have said is not known. */
  torn: v.boolean(),
  result: ProbeResultSchema,
});

export const PruneResultSchema = v.object({
  schema: v.literal('greyprobe.prune-result.v1'),
  folder: v.string(),
  dryRun: v.boolean(),
  /** Removed, or with --dry-run those that would be. */
  removed: v.array(
    v.object({ run: v.string(), state: v.picklist(STORED_STATES), lastEventAt: text }),
  ),
  /** Old enough, but kept, and why. */
  kept: v.array(v.object({ run: v.string(), state: v.picklist(STORED_STATES), why: v.string() })),
});

export type RunSummary = v.InferOutput<typeof RunSummarySchema>;
export type RunList = v.InferOutput<typeof RunListSchema>;
export type ShownRun = v.InferOutput<typeof ShownRunSchema>;
export type PruneResult = v.InferOutput<typeof PruneResultSchema>;
