import * as v from 'valibot';
import { AdviceSchema } from '../core/advice/advice-schema.js';
import { WarningSchema, WindowSchema } from './probe-result.js';

/* The JSON contract of `recommend --json`. */

export const RecommendResultSchema = v.object({
  schema: v.literal('greyprobe.recommend-result.v1'),
  window: WindowSchema,
  /** Early tries start the wait again. */
  restartsTimer: v.boolean(),
  advice: AdviceSchema,
  /** Lines that set GlitchRetrySeconds; null where no value works. */
  registry: v.nullable(
    v.object({
      regExe: v.array(v.string()),
      powerShell: v.array(v.string()),
      restart: v.array(v.string()),
    }),
  ),
  /** Files written. */
  files: v.array(v.string()),
  warnings: v.array(WarningSchema),
});

export type RecommendResult = v.InferOutput<typeof RecommendResultSchema>;
