import * as v from 'valibot';
import { AdviceSchema } from '../core/advice/advice-schema.js';
import { ImplementationSchema, VerdictSchema } from '../core/evidence/verdict-schema.js';
import { CONFIDENCES, DEFERRAL_CLASSES, HINT_MEANINGS } from '../core/greylist/hypothesis.js';
import { HOST_ORIGINS } from '../model/mail-host.js';
import { FAILURE_CODES, OUTCOMES, STAGES } from '../model/smtp.js';
import { ROLES } from '../model/tuple.js';

/*
 * The JSON contract of `probe --json`: one definition for the exported types, the published
 * JSON Schema, and the check of result files that are read back.
 */

const seconds = v.pipe(v.number(), v.finite());
const bound = v.nullable(seconds);

export const EdgeSchema = v.object({ afterSeconds: bound, bySeconds: bound });

export const WindowSchema = v.object({ opens: EdgeSchema, closes: EdgeSchema });

export const WarningSchema = v.object({ code: v.string(), message: v.string() });

export const MailHostSchema = v.object({
  name: v.string(),
  preference: v.pipe(v.number(), v.integer()),
  addresses: v.pipe(v.array(v.string()), v.readonly()),
  origin: v.picklist(HOST_ORIGINS),
});

export const PinnedHostSchema = v.object({
  name: v.string(),
  address: v.string(),
  port: v.pipe(v.number(), v.integer()),
});

export const ReplySchema = v.object({
  code: v.pipe(v.number(), v.integer()),
  enhanced: v.nullable(v.string()),
  text: v.pipe(v.array(v.string()), v.readonly()),
});

const AttemptSchema = v.object({
  n: v.pipe(v.number(), v.integer()),
  session: v.pipe(v.number(), v.integer()),
  host: PinnedHostSchema,
  tuple: v.object({
    id: v.string(),
    client: v.nullable(v.string()),
    helo: v.string(),
    sender: v.string(),
    recipient: v.string(),
  }),
  role: v.picklist(ROLES),
  /** When the attempt began, RFC 3339, UTC. */
  at: v.string(),
  /**
   * Age of the tuple: between lowest and highest. Null for the tuple's first attempt, and where it is
   * not known, since the clock was set back between two processes.
   */
  ageSeconds: v.nullable(v.tuple([seconds, seconds])),
  stage: v.picklist(STAGES),
  reply: v.nullable(ReplySchema),
  error: v.nullable(v.object({ code: v.picklist(FAILURE_CODES), message: v.string() })),
  outcome: v.picklist(OUTCOMES),
  class: v.nullable(v.picklist(DEFERRAL_CLASSES)),
  hint: v.nullable(v.object({ seconds, meaning: v.picklist(HINT_MEANINGS), words: v.string() })),
});

export const ProbeResultSchema = v.object({
  schema: v.literal('greyprobe.probe-result.v1'),
  run: v.string(),
  version: v.string(),
  startedAt: v.string(),
  /** Null while the run goes on. */
  finishedAt: v.nullable(v.string()),
  state: v.picklist(['running', 'paused', 'finished']),
  /** Why the run ended or paused; null while it goes on. */
  reason: v.nullable(v.string()),
  /** When a paused or running run wants its next attempt, RFC 3339, UTC. */
  nextDueAt: v.nullable(v.string()),
  target: v.object({ recipient: v.string(), domain: v.string() }),
  /** DNS server that was asked; absent: the system's. */
  resolver: v.optional(v.string()),
  /** Senders that were asked about, by id: they come first in `advice.senders`. Absent: none was named. */
  for: v.optional(v.array(v.string())),
  mailHosts: v.pipe(v.array(MailHostSchema), v.readonly()),
  pinned: v.nullable(PinnedHostSchema),
  verdict: VerdictSchema,
  window: v.nullable(WindowSchema),
  /**
   * The newest kept run before this one, of the same host, client and sender domain, that was made to
   * wait where this one was let in at once. Absent: none is kept.
   */
  greylistedBefore: v.optional(
    v.object({
      run: v.string(),
      startedAt: v.string(),
      confidence: v.picklist(CONFIDENCES),
      window: WindowSchema,
      implementation: v.nullable(ImplementationSchema),
      /** How long the product, as it is shipped, knows whom it let in; null: not known. */
      whitelistSeconds: bound,
    }),
  ),
  /** What the server says beside what was measured. */
  stated: v.nullable(v.object({ seconds, meaning: v.picklist(HINT_MEANINGS), words: v.string() })),
  /** Which parts of the tuple the server looks at; null unless asked for. */
  key: v.nullable(
    v.array(
      v.object({
        part: v.picklist(['sender', 'helo', 'recipient', 'client']),
        /** Null: the run does not show it. */
        inKey: v.nullable(v.boolean()),
        says: v.string(),
        attempt: v.nullable(v.pipe(v.number(), v.integer())),
      }),
    ),
  ),
  attempts: v.array(AttemptSchema),
  advice: v.nullable(AdviceSchema),
  connections: v.pipe(v.number(), v.integer()),
  warnings: v.pipe(v.array(WarningSchema), v.readonly()),
});

export type AcceptanceWindow = v.InferOutput<typeof WindowSchema>;
export type AttemptResult = v.InferOutput<typeof AttemptSchema>;
export type ProbeResult = v.InferOutput<typeof ProbeResultSchema>;
