import * as v from 'valibot';
import { SenderAdviceSchema } from '../core/advice/sender-advice-schema.js';

/* The JSON contract of `simulate --window --json`: which senders arrive when. */

export const SimulateSendersResultSchema = v.object({
  schema: v.literal('greyprobe.simulate-senders-result.v1'),
  window: v.object({ opensSeconds: v.number(), closesSeconds: v.number() }),
  /** Early tries start the wait again. */
  restartsTimer: v.boolean(),
  /** Worst first: those that never arrive, those that may not, then the latest; unknown ones last. */
  senders: v.array(SenderAdviceSchema),
  /** What the landings take for granted. */
  assumptions: v.array(v.string()),
  files: v.array(v.string()),
});

export type SimulateSendersResult = v.InferOutput<typeof SimulateSendersResultSchema>;
