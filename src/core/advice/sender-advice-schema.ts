import * as v from 'valibot';
import { REMEDY_SCOPES, SOURCE_CONFIDENCES } from './sender-schema.js';

const seconds = v.pipe(v.number(), v.finite());

/**
 * `lands`: a try lands with a margin, whatever the phase. `may-miss`: by phase, by chance or on the
 * very edge. `never-lands`: tries go on, none lands. `gives-up-first`: the last try comes before the
 * opening. `unknown`: the schedule, or how it goes on, is not known.
 */
const LANDING_VERDICTS = ['lands', 'may-miss', 'never-lands', 'gives-up-first', 'unknown'] as const;
export type LandingVerdict = (typeof LANDING_VERDICTS)[number];

const SpanSchema = v.object({
  /** Number of the retry, from 1. */
  retry: v.pipe(v.number(), v.integer()),
  earliestSeconds: seconds,
  latestSeconds: seconds,
  confidence: v.picklist(SOURCE_CONFIDENCES),
});

const RemedyAdviceSchema = v.object({
  setting: v.string(),
  /** The value, in the setting's own unit. */
  value: v.string(),
  /** False: the default lands already; with the change mail lands sooner. */
  needed: v.boolean(),
  /** Whether it holds for mail to this destination alone; absent in results of old. */
  scope: v.optional(v.picklist(REMEDY_SCOPES)),
  /** Lines to paste. */
  paste: v.array(v.string()),
  price: v.string(),
  /** Earliest and latest landing with the change. */
  landsSeconds: v.nullable(v.tuple([seconds, seconds])),
});

/** What one sender makes of a window. */
export const SenderAdviceSchema = v.object({
  id: v.string(),
  name: v.string(),
  verdict: v.picklist(LANDING_VERDICTS),
  /** One sentence. */
  says: v.string(),
  /** Seconds after the first try: earliest and latest landing. The mail's delay. */
  earliestSeconds: v.nullable(seconds),
  latestSeconds: v.nullable(seconds),
  /** Latest landing if tries within the margin of an edge do not count. */
  surelyBySeconds: v.nullable(seconds),
  /** Share of the phases of the queue scan in which no try lands; null: not reckoned. */
  missChance: v.nullable(v.pipe(v.number(), v.minValue(0), v.maxValue(1))),
  /** Which retry lands, from 1: fewest and most. */
  retry: v.nullable(v.tuple([v.number(), v.number()])),
  givesUpAfterSeconds: v.nullable(seconds),
  /** How sure that is; absent in results of old, and where it is not known. */
  giveUpConfidence: v.optional(v.picklist(SOURCE_CONFIDENCES)),
  /** Goes on to the next mail host in the same run, which then sees its first try; null: not known. */
  nextHostInSameRun: v.nullable(v.boolean()),
  spans: v.array(SpanSchema),
  /** The same under what other documents say. */
  otherReadings: v.array(
    v.object({
      says: v.string(),
      verdict: v.picklist(LANDING_VERDICTS),
      earliestSeconds: v.nullable(seconds),
      latestSeconds: v.nullable(seconds),
      confidence: v.picklist(SOURCE_CONFIDENCES),
    }),
  ),
  /** Settings as they are reckoned with. */
  settings: v.array(
    v.object({
      name: v.string(),
      where: v.string(),
      value: v.nullable(v.union([v.string(), v.number(), v.boolean()])),
      unit: v.string(),
      confidence: v.picklist(SOURCE_CONFIDENCES),
      note: v.nullable(v.string()),
    }),
  ),
  remedy: v.nullable(RemedyAdviceSchema),
  /** What else helps, where the sender cannot be set or no setting lands. */
  otherwise: v.array(v.string()),
  /** How sure the numbers behind this are: the least sure that it rests on. */
  confidence: v.picklist(SOURCE_CONFIDENCES),
  source: v.string(),
  /** Day on which the source was last read; absent in results of old. */
  checked: v.optional(v.string()),
  notes: v.array(v.string()),
});

export type Span = v.InferOutput<typeof SpanSchema>;
export type RemedyAdvice = v.InferOutput<typeof RemedyAdviceSchema>;
export type SenderAdvice = v.InferOutput<typeof SenderAdviceSchema>;
