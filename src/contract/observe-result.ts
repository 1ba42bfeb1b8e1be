import * as v from 'valibot';
import { VerdictSchema } from '../core/evidence/verdict-schema.js';
import { CONFIDENCES, DEFERRAL_CLASSES } from '../core/greylist/hypothesis.js';
import { EdgeSchema, WarningSchema, WindowSchema } from './probe-result.js';

/*
 * The JSON contract of `observe --json`: what logs tell of greylists, without a probe. `sent` is what
 * the logs of senders tell of others, `received` what those of greylisters tell of their clients.
 */

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const seconds = v.pipe(v.number(), v.finite());
const text = v.nullable(v.string());

const SentHostSchema = v.object({
  /** Name of the mail host; null where the log has its address only. */
  host: text,
  address: text,
  /** As of a probe. A log does not show when a window closes. */
  window: WindowSchema,
  confidence: v.picklist(CONFIDENCES),
  /** Tuples of sender and recipient that came for the first time. */
  firstContacts: count,
  /** How many of them were refused by the greylist. */
  refused: count,
  /** What mail to this host waited, in all. */
  waitedSeconds: seconds,
  /** Retries that passed. */
  passes: count,
  /** Messages that never got in: their time ran out, or they were returned. */
  lost: count,
  /** An old tuple, then a new one, that fared differently: what proves a greylist. */
  pairs: v.object({ agedPassedFreshRefused: count, agedRefusedFreshPassed: count }),
  /** New senders are let in at once since so many tuples had passed; null: not seen. */
  letsInAfterPasses: v.nullable(count),
  /** Shortest time after which a tuple that had passed was refused again; null: not seen. */
  forgottenAfterSeconds: v.nullable(seconds),
  /** Tries that do not fit the window. */
  misfits: count,
  /** Too many do not fit: several machines, or a delay that was changed. */
  contradictory: v.boolean(),
  /** Where the log falls into two parts with a delay each: when, and what held before. `window` is of now. */
  changed: v.optional(v.nullable(v.object({ at: v.string(), opensBefore: EdgeSchema }))),
  /** Whom to probe, from which sender, to measure the window; null where the log does not say enough. */
  probe: v.optional(v.nullable(v.object({ recipient: v.string(), host: text, from: v.string() }))),
  /** The probe that would measure the window; null where the log does not say enough. */
  command: text,
  /** What a probe of it found, as its result has it; absent: it was not probed. */
  probed: v.optional(
    v.object({
      run: v.string(),
      verdict: v.pick(VerdictSchema, ['kind', 'confidence', 'summary']),
      window: v.nullable(WindowSchema),
    }),
  ),
});

const LateHostSchema = v.object({
  host: text,
  address: text,
  attempts: count,
  /** Tries that nobody answered. */
  noAnswer: count,
  refusals: v.array(v.object({ class: v.picklist(DEFERRAL_CLASSES), count })),
});

/** How long the sender waits from a refused try to its next one; `retry` 1: after the first try. */
const OwnRetrySchema = v.object({
  retry: count,
  /** Waits that the log has. */
  seen: count,
  medianSeconds: seconds,
  /** A tenth of the waits is shorter, and a tenth longer. */
  lowSeconds: seconds,
  highSeconds: seconds,
});

const SettingSchema = v.object({
  /** As one would write it; empty: as the sender ships. */
  settings: v.array(v.object({ name: v.string(), value: v.string() })),
  /** Waiting for the same mail under this setting: at least and at most. */
  waitedSeconds: v.tuple([seconds, seconds]),
  /** Retries that it takes: at least and at most. */
  retries: v.tuple([seconds, seconds]),
  /** Better than the present one whatever the windows are within their bounds. */
  better: v.boolean(),
  paste: v.array(v.string()),
});

const DestinationSchema = v.object({
  /** Name or address of the mail host. */
  host: v.string(),
  /** The domain of the mail that goes there. */
  domain: v.string(),
  setting: v.string(),
  value: v.string(),
  /** Lines to paste. */
  paste: v.array(v.string()),
  price: v.string(),
  /** Earliest and latest landing with it. */
  landsSeconds: v.nullable(v.tuple([seconds, seconds])),
});

const SettingsSchema = v.object({
  /** Sender by its id, and the settings that it was taken to have. */
  sender: v.string(),
  /** What the log has of the mail that is compared. */
  loggedSeconds: seconds,
  /** The present setting, replayed, gives what the log has. */
  fits: v.boolean(),
  present: SettingSchema,
  others: v.array(SettingSchema),
  /** For mail to one destination alone, where the sender can do that: where mail waits longest, first. */
  destinations: v.optional(v.array(DestinationSchema)),
});

const SentSchema = v.object({
  /** Recipients that were delivered. */
  delivered: count,
  attempts: count,
  mailHosts: count,
  /** Of all hosts that greylist. */
  greylisting: v.object({ hosts: count, refused: count, waitedSeconds: seconds, lost: count }),
  /** Worst first, by the waiting. */
  hosts: v.array(SentHostSchema),
  /** Late for another reason, most tries first. */
  late: v.array(LateHostSchema),
  settings: v.nullable(SettingsSchema),
  /** When the sender tries again, as the log shows. Results of older versions do not have it. */
  retries: v.optional(v.array(OwnRetrySchema)),
  /** The same for --schedule; null: the log has no retries. */
  schedule: v.optional(text),
  /** Rows that `--top` left out. */
  leftOut: v.object({ hosts: count, late: count }),
});

const ReceivedSchema = v.object({
  /** Greylisters by their ids in the catalogue. */
  greylisters: v.array(v.string()),
  /** Triplets of client, sender and recipient that had to wait. */
  triplets: count,
  passed: count,
  /** Let in without any waiting. */
  exempt: count,
  /** Whether they come back the log does not tell: they came too late, or a list let their sender in since. */
  open: count,
  /** The present delay, as the log shows it. */
  delaySeconds: v.nullable(seconds),
  passedAfterSeconds: v.nullable(v.object({ median: seconds, p90: seconds, longest: seconds })),
  neverCameBack: count,
  /** Who never came back, the most legitimate first. */
  lost: v.array(
    v.object({
      sender: v.string(),
      recipient: v.string(),
      client: text,
      address: v.string(),
      tries: count,
      triedForSeconds: seconds,
      legitimate: v.picklist(['likely', 'possible', 'unlikely']),
      because: v.string(),
    }),
  ),
  /** The same clients under other delays. */
  delays: v.array(
    v.object({
      delaySeconds: seconds,
      /** False above the present delay: then `passes` is a lower and `loses` an upper bound. */
      exact: v.boolean(),
      passes: count,
      loses: count,
      meanWaitSeconds: v.nullable(seconds),
    }),
  ),
  /** Senders that come back from other addresses, and so wait anew. */
  pools: v.array(
    v.object({
      name: v.string(),
      addresses: count,
      triplets: count,
      /** A line for the greylister's list of clients that need not wait; null: no safe one. */
      whitelist: text,
    }),
  ),
  /** Many messages to one recipient at once, as of somebody who asks for a code again. */
  bursts: v.array(
    v.object({
      senderDomain: v.string(),
      bursts: count,
      /** A code has to live longer than this. */
      longestWaitSeconds: seconds,
    }),
  ),
});

export const ObserveResultSchema = v.object({
  schema: v.literal('greyprobe.observe-result.v1'),
  input: v.object({
    files: v.array(v.string()),
    bytes: count,
    lines: count,
    /** First and last event, RFC 3339. The zone is that of the log where it names none. */
    from: text,
    to: text,
  }),
  sent: v.nullable(SentSchema),
  received: v.nullable(ReceivedSchema),
  warnings: v.array(WarningSchema),
});

export type ObserveResult = v.InferOutput<typeof ObserveResultSchema>;
export type ReceivedResult = v.InferOutput<typeof ReceivedSchema>;
export type SentResult = v.InferOutput<typeof SentSchema>;
export type SentHost = v.InferOutput<typeof SentHostSchema>;
export type ComparedSetting = v.InferOutput<typeof SettingSchema>;
