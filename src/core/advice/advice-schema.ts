import * as v from 'valibot';
import { Exchange2003Schema } from './exchange2003-schema.js';
import { SenderAdviceSchema } from './sender-advice-schema.js';

/** Settings for senders, each with the attempts that it leads to. */
export const AdviceSchema = v.object({
  exchange2003: Exchange2003Schema,
  /** Other senders, with Exchange 2003 once more as it is by default. */
  senders: v.array(SenderAdviceSchema),
  /** What the landings take for granted. */
  assumptions: v.array(v.string()),
});

export type Advice = v.InferOutput<typeof AdviceSchema>;
