import * as v from 'valibot';
import { PROBE_STAGES } from '../model/smtp.js';
import { ROLES } from '../model/tuple.js';

/* The JSON contract of `probe --dry-run --json`: what a probe would do, without a connection. */

const seconds = v.pipe(v.number(), v.finite(), v.minValue(0));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));

export const PlanResultSchema = v.object({
  schema: v.literal('greyprobe.plan.v1'),
  target: v.object({ recipient: v.string(), domain: v.string() }),
  stage: v.picklist(PROBE_STAGES),
  /** How many senders there are; null: as many as wanted. */
  senders: v.nullable(count),
  /** The connections up to the longest wait, if the host defers every attempt. */
  connections: v.array(
    v.object({
      n: count,
      /** Since the first attempt. */
      atSeconds: seconds,
      purpose: v.string(),
      /** Transactions in their order; tuples are named `t1`, `t2`, ... */
      attempts: v.array(v.object({ tuple: v.string(), role: v.picklist(ROLES) })),
    }),
  ),
  /** The most that can come of it, a pass at the last step and what follows it included. */
  atMost: v.object({ connections: count, attempts: count, seconds }),
  limits: v.object({
    connectionsPerHour: count,
    secondsBetweenConnections: seconds,
    transactionsPerSession: count,
  }),
  /** What can change the plan. */
  notes: v.array(v.string()),
});

export type PlanResult = v.InferOutput<typeof PlanResultSchema>;
