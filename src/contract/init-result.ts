import * as v from 'valibot';

/* The JSON contract of `check --init --json`. */

export const InitResultSchema = v.object({
  schema: v.literal('greyprobe.init-result.v1'),
  /** The configuration that was written. */
  file: v.string(),
});

export type InitResult = v.InferOutput<typeof InitResultSchema>;
