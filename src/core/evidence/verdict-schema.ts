import * as v from 'valibot';
import { CONFIDENCES, DEFERRAL_CLASSES } from '../greylist/hypothesis.js';

export const ImplementationSchema = v.object({ id: v.string(), name: v.string() });

export const VERDICT_KINDS = [
  'greylisted',
  'accepted',
  'deferred',
  'rejected',
  'unreachable',
  'no-mail-service',
] as const;

export const VerdictSchema = v.object({
  kind: v.picklist(VERDICT_KINDS),
  confidence: v.picklist(CONFIDENCES),
  /** One sentence. */
  summary: v.string(),
  /** What the verdict rests on: rule, what it says, and the attempt that shows it. */
  evidence: v.array(
    v.object({
      rule: v.string(),
      says: v.string(),
      attempt: v.nullable(v.pipe(v.number(), v.integer())),
    }),
  ),
  /** What the deferral or the rejection means; null where the host did neither. */
  class: v.nullable(v.picklist(DEFERRAL_CLASSES)),
  implementation: v.nullable(ImplementationSchema),
});

export type Verdict = v.InferOutput<typeof VerdictSchema>;
export type VerdictKind = (typeof VERDICT_KINDS)[number];
