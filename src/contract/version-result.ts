import * as v from 'valibot';

/* The JSON contract of `version --json`. */

export const VersionResultSchema = v.object({
  schema: v.literal('greyprobe.version-result.v1'),
  version: v.string(),
  /** Of Node.js. */
  node: v.string(),
  /** Such as `linux-x64`. */
  platform: v.string(),
});

export type VersionResult = v.InferOutput<typeof VersionResultSchema>;
