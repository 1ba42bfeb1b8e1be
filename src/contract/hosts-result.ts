import * as v from 'valibot';
import { PinnedHostSchema, ProbeResultSchema, ReplySchema, WarningSchema } from './probe-result.js';

/** The JSON contract of `probe --all-hosts --json`. */
export const HostsResultSchema = v.object({
  schema: v.literal('greyprobe.hosts-result.v1'),
  target: v.object({ recipient: v.string(), domain: v.string() }),
  /** One result for each mail host, by preference. */
  hosts: v.array(ProbeResultSchema),
  /** Whether a sender that aged at `from` counts as aged at `to`; null where it was not shown. */
  sharing: v.array(
    v.object({
      from: PinnedHostSchema,
      to: PinnedHostSchema,
      shared: v.nullable(v.boolean()),
      says: v.string(),
      control: v.nullable(ReplySchema),
      aged: v.nullable(ReplySchema),
    }),
  ),
  warnings: v.array(WarningSchema),
});

export type HostsResult = v.InferOutput<typeof HostsResultSchema>;
