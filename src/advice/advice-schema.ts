import * as v from 'valibot';
import { Exchange2003Schema } from './exchange2003-schema.js';

/** Settings for senders, each with the attempts that it leads to. */
export const AdviceSchema = v.object({
  exchange2003: Exchange2003Schema,
});

export type Advice = v.InferOutput<typeof AdviceSchema>;
