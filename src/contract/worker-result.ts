import * as v from 'valibot';

const count = v.pipe(v.number(), v.integer());

/** The JSON contract of `worker --json`: what a worker did until it was told to stop. */
export const WorkerResultSchema = v.object({
  schema: v.literal('greyprobe.worker-result.v1'),
  version: v.string(),
  startedAt: v.string(),
  finishedAt: v.string(),
  /** Where the queue was, without user name and password. */
  redis: v.string(),
  /** Addresses that visits were made from. */
  sources: v.array(v.string()),
  /** Told to stop; or none of its addresses was left. */
  ended: v.picklist(['stopped', 'source-lost']),
  /** Visits that were made, that came too late, and that were refused by its own limits. */
  visits: count,
  missed: count,
  refused: count,
});
export type WorkerResult = v.InferOutput<typeof WorkerResultSchema>;
