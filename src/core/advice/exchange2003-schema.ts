import * as v from 'valibot';
import { PROSPECTS } from './acceptance-window.js';
import { SOURCE_CONFIDENCES } from './sender-schema.js';

const integer = v.pipe(v.number(), v.integer());
const seconds = v.pipe(v.number(), v.finite());

export const SourcedFactSchema = v.object({
  fact: v.string(),
  source: v.string(),
  confidence: v.picklist(SOURCE_CONFIDENCES),
  /** Day on which the source was last read. Results of older versions do not have it. */
  checked: v.optional(v.string()),
});

const GlitchAttemptSchema = v.object({
  /** Seconds after the first attempt. */
  atSeconds: seconds,
  /** Made under every reading of the documents; the third glitch retry is not. */
  certain: v.boolean(),
  fate: v.picklist(PROSPECTS),
});

const GlitchCandidateSchema = v.object({
  glitchRetrySeconds: integer,
  /** `default`, `often quoted`, `as set`, `recommended`, or two of them. */
  label: v.string(),
  attempts: v.array(GlitchAttemptSchema),
  /** The first glitch retry lands, with a margin on both edges. */
  safe: v.boolean(),
  /** What becomes of it, in a sentence. */
  says: v.string(),
});

/** Advice for Exchange 2000 and Exchange 2003. */
export const Exchange2003Schema = v.object({
  /** The value to set, or null where no value works. Never 0. */
  glitchRetrySeconds: v.nullable(v.pipe(integer, v.minValue(1))),
  /** Why, in a sentence or two. */
  basis: v.string(),
  /** False where the default already does. */
  change: v.boolean(),
  marginSeconds: seconds,
  /** The age until which the window is taken to be open; null where nothing was accepted. */
  closesAtSeconds: v.nullable(seconds),
  /** The closing edge was not seen. */
  closingAssumed: v.boolean(),
  /** Smallest value that can work if two glitch retries follow, and if three do. */
  smallestSeconds: v.object({
    ifTwoRetries: v.nullable(integer),
    ifThreeRetries: v.nullable(integer),
  }),
  candidates: v.array(GlitchCandidateSchema),
  /** What the value costs. */
  price: v.string(),
  /** What no value cures. */
  cannotCure: v.array(v.string()),
  /** The other way: leave the glitch retries, let the first slow retry land. */
  deliveryTab: v.nullable(
    v.object({
      firstRetryMinutes: integer,
      landsSeconds: v.tuple([seconds, seconds]),
      says: v.string(),
    }),
  ),
  sources: v.array(SourcedFactSchema),
});

export type GlitchAttempt = v.InferOutput<typeof GlitchAttemptSchema>;
export type GlitchCandidate = v.InferOutput<typeof GlitchCandidateSchema>;
export type Exchange2003Advice = v.InferOutput<typeof Exchange2003Schema>;
