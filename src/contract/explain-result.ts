import * as v from 'valibot';
import { ImplementationSchema } from '../core/evidence/verdict-schema.js';
import { CONFIDENCES, DEFERRAL_CLASSES, HINT_MEANINGS } from '../core/greylist/hypothesis.js';
import {
  DIRECTIONS,
  FATES,
  INPUT_FORMATS,
  SENDER_SOFTWARE,
  SOURCE_KINDS,
} from '../mail/finding.js';
import { STAGES } from '../model/smtp.js';
import { ReplySchema, WarningSchema } from './probe-result.js';

/*
 * The JSON contract of `explain --json`: one definition for the exported types and the published
 * JSON Schema.
 */

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const text = v.nullable(v.string());
const shownClass = v.nullable(v.picklist(DEFERRAL_CLASSES));

const HypothesisSchema = v.object({
  class: v.picklist(DEFERRAL_CLASSES),
  implementation: v.nullable(ImplementationSchema),
  confidence: v.picklist(CONFIDENCES),
  rule: v.string(),
  words: v.string(),
});

const OutcomeSchema = v.object({
  /** `waiting`: the log does not tell the end. */
  end: v.picklist(['delivered', 'returned', 'expired', 'waiting']),
  /** Seconds from the first refusal to each refusal; the first is 0. */
  refusedAtSeconds: v.array(v.number()),
  /** Seconds from the first refusal to the end; null where the log gives no times. */
  endedAtSeconds: v.nullable(v.number()),
});

/** What to do now, in three lines for people. */
const AnswerSchema = v.object({
  /** The wait that the answer speaks of; null where it is not known, or does not help. */
  waitSeconds: v.nullable(v.number()),
  /** `stated` by the server, `shipped` with the product that the words name, or `unknown`. */
  waitFrom: v.picklist(['stated', 'shipped', 'unknown']),
  howLong: v.string(),
  /** What that means for this sender's next tries. */
  thisSender: v.string(),
  todo: v.picklist(['nothing', 'wait', 'send-again', 'set', 'measure', 'fix', 'ask-receiver']),
  what: v.string(),
  /** The command that goes with it, ready for a shell. */
  command: text,
});

const ExplainedFindingSchema = v.object({
  source: v.picklist(SOURCE_KINDS),
  /** Line in the input, from 1; null where the input is not read by lines. */
  line: v.nullable(count),
  /** As it stands in the source; many logs name neither year nor zone. */
  when: text,
  software: v.nullable(v.picklist(SENDER_SOFTWARE)),
  direction: v.picklist(DIRECTIONS),
  fate: v.picklist(FATES),
  reply: v.nullable(ReplySchema),
  /** True where the source has no basic code, so that one was put in. */
  codeAssumed: v.boolean(),
  /** Why there is no reply. */
  failure: text,
  stage: v.nullable(v.picklist(STAGES)),
  recipient: text,
  sender: text,
  reportingHost: text,
  remoteHost: text,
  remoteAddress: text,
  /** Class and confidence of the best hypothesis. */
  class: shownClass,
  confidence: v.nullable(v.picklist(CONFIDENCES)),
  hypotheses: v.array(HypothesisSchema),
  hint: v.nullable(
    v.object({ seconds: v.number(), meaning: v.picklist(HINT_MEANINGS), words: v.string() }),
  ),
  /** Sentences for people: what happened, who said it, what it means, what the sender does next. */
  happened: v.string(),
  saidBy: v.string(),
  meaning: v.string(),
  next: text,
  actions: v.array(v.string()),
  /** The command that measures it, ready for a shell; null where none helps. */
  command: text,
  /** What became of the message after its first refusal, where the input is a log that tells. */
  outcome: v.optional(v.nullable(OutcomeSchema)),
  answer: v.optional(AnswerSchema),
});

const ClassCountSchema = v.object({
  direction: v.picklist(DIRECTIONS),
  /** Null: no reply was given (connection failures). */
  class: shownClass,
  count,
});

const LogSummarySchema = v.object({
  /** Refusals found in the log. */
  refusals: count,
  /** Of those, without a reply: connection failures and the like. */
  withoutReply: count,
  /** Times of the first and the last refusal, as they stand in the log. */
  first: text,
  last: text,
  classes: v.array(ClassCountSchema),
  remoteHosts: v.array(
    v.object({ host: v.string(), count, class: shownClass, first: text, last: text }),
  ),
  destinations: v.array(
    v.object({
      domain: v.string(),
      count,
      class: shownClass,
      first: text,
      last: text,
      recipient: v.string(),
      command: text,
    }),
  ),
  texts: v.array(
    v.object({
      direction: v.picklist(DIRECTIONS),
      /** The first such reply; addresses and numbers of the others may differ. */
      reply: ReplySchema,
      count,
      class: shownClass,
      confidence: v.nullable(v.picklist(CONFIDENCES)),
      implementation: v.nullable(ImplementationSchema),
      line: v.nullable(count),
    }),
  ),
  /** How the refused recipients ended, as far as the log tells. */
  outcomes: v.optional(
    v.object({
      delivered: count,
      returned: count,
      expired: count,
      /** The log does not tell their end. */
      waiting: count,
      /** From the first refusal to the delivery; null where nothing was delivered. */
      deliveredAfterSeconds: v.nullable(
        v.object({ shortest: v.number(), median: v.number(), longest: v.number() }),
      ),
      /** True where more were refused than could be followed: the counts are lower bounds. */
      cut: v.boolean(),
    }),
  ),
  /** For the first greylisting in it, else for the first refusal. */
  answer: v.optional(AnswerSchema),
  /** How many different ones there are; the lists have at most `--top` of them. */
  different: v.optional(v.object({ remoteHosts: count, destinations: count, texts: count })),
  /** Which lists lost rare entries to stay small: their counts are lower bounds. */
  cut: v.array(v.picklist(['remoteHosts', 'destinations', 'texts'])),
});

const JourneySchema = v.object({
  /** First server first. */
  hops: v.array(
    v.object({
      by: text,
      from: text,
      at: text,
      /** Since the server before it took the mail; clocks of servers differ. */
      waitedSeconds: v.nullable(v.number()),
    }),
  ),
  longest: v.nullable(v.object({ waitedAt: text, takenBy: text, seconds: v.number() })),
  /** What a greylister wrote into the header. */
  greylist: v.nullable(v.object({ words: v.string(), seconds: v.nullable(v.number()) })),
  happened: v.string(),
  answer: AnswerSchema,
});

export const ExplainResultSchema = v.object({
  schema: v.literal('greyprobe.explain-result.v1'),
  input: v.object({
    /** `text`, `stdin`, or the file as the user named it; the first of several. */
    name: v.string(),
    /** All files, in the order in which they were read, where there are several. */
    files: v.optional(v.array(v.string())),
    /** What the input was read as; null when nothing in it was recognised. */
    format: v.nullable(v.picklist(INPUT_FORMATS)),
    bytes: count,
    lines: v.nullable(count),
  }),
  recognised: v.boolean(),
  /** Each refusal, where there are few. */
  findings: v.array(ExplainedFindingSchema),
  /** Counts instead, where there are many. */
  log: v.nullable(LogSummarySchema),
  /** Of a mail that did arrive: where it was held up. */
  journey: v.optional(JourneySchema),
  warnings: v.array(WarningSchema),
});

export type ExplainResult = v.InferOutput<typeof ExplainResultSchema>;
export type ExplainedFinding = v.InferOutput<typeof ExplainedFindingSchema>;
export type LogSummary = v.InferOutput<typeof LogSummarySchema>;
