import * as v from 'valibot';
import { SOURCE_CONFIDENCES } from '../core/advice/sender-schema.js';

/* The JSON contract of `senders --json`. */

const seconds = v.pipe(v.number(), v.finite());

const ListedSenderSchema = v.object({
  id: v.string(),
  name: v.string(),
  /** Products that are this sender inside, and go by their own name too. */
  aliases: v.array(v.string()),
  /** The first retries, in seconds after the first try, by every phase and chance; null: not known. */
  firstRetries: v.nullable(v.array(v.tuple([seconds, seconds]))),
  givesUpAfterSeconds: v.nullable(seconds),
  settings: v.array(
    v.object({
      name: v.string(),
      where: v.string(),
      value: v.nullable(v.union([v.string(), v.number(), v.boolean()])),
      unit: v.string(),
    }),
  ),
  /** What tries queued mail at once. */
  queueRun: v.nullable(v.string()),
  notes: v.array(v.string()),
  confidence: v.picklist(SOURCE_CONFIDENCES),
  source: v.string(),
  /** Day on which the source was last read. */
  checked: v.nullable(v.string()),
});

export const SendersResultSchema = v.object({
  schema: v.literal('greyprobe.senders.v1'),
  senders: v.array(ListedSenderSchema),
});

export type ListedSender = v.InferOutput<typeof ListedSenderSchema>;
export type SendersResult = v.InferOutput<typeof SendersResultSchema>;
