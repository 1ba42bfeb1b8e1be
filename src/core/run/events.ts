import * as v from 'valibot';
import type { Frozen } from '../../model/frozen.js';
import { HOST_ORIGINS } from '../../model/mail-host.js';
import { FAILURE_CODES, STAGES } from '../../model/smtp.js';
import { ROLES } from '../../model/tuple.js';
import { finite, integer, KeptReplySchema, port, RUN_ID, text, texts } from './fields.js';
import { ProbeRequestSchema } from './request-schema.js';

export const FINISH_REASONS = [
  'answered',
  'waited-long-enough',
  'throttled',
  'rejected',
  'unreachable',
  'no-mail-service',
  /** Whoever makes the visits lost the address that the run is visited from, or may not make them. */
  'source-lost',
  'refused',
  'opted-out',
] as const;
export type FinishReason = (typeof FINISH_REASONS)[number];

const count = v.pipe(integer, v.minValue(0));
/** Attempts and sessions are numbered 1, 2, ... within the run; a session is one connection. */
const number = v.pipe(integer, v.minValue(1));
/** Milliseconds since the epoch, as far as dates go. */
const wallMs = v.pipe(finite, v.minValue(0), v.maxValue(8_640_000_000_000_000));

const stamp = v.object({
  segment: count,
  monotonicMs: finite,
  wallMs,
  apartMs: v.exactOptional(finite),
  clock: v.exactOptional(count),
  timeLostAt: v.exactOptional(wallMs),
});
const warnings = v.array(v.object({ code: text, message: text }));
const pinnedHost = v.object({ name: text, address: text, port });
const origin = v.picklist(HOST_ORIGINS);
/** Names the boot of the machine since which the monotonic clock counts, where that is known. */
const boot = v.exactOptional(text);
/**
 * Everything that happens in a run, in order. The journal is these, one a line; the state of a run
 * is their fold; every report is made from the state. Nothing else about a run is kept anywhere.
 */
export const ProbeEventSchema = v.variant('type', [
  v.object({
    type: v.literal('run-started'),
    at: stamp,
    /** Sortable and unique: time and a random word. */
    run: v.pipe(text, v.regex(RUN_ID, 'the name of a run')),
    boot,
    request: ProbeRequestSchema,
  }),
  /** Another process took the run over; its stamps carry the next segment number. */
  v.object({ type: v.literal('run-resumed'), at: stamp, boot, warnings }),
  v.object({
    type: v.literal('hosts-resolved'),
    at: stamp,
    mailHosts: v.array(v.object({ name: text, preference: count, addresses: texts, origin })),
    warnings,
  }),
  /** The domain takes no mail, or the DNS gave no answer: the run ends. */
  v.object({
    type: v.literal('hosts-failed'),
    at: stamp,
    kind: v.picklist(['no-mail-service', 'dns-failure']),
    code: text,
    message: text,
    suggestions: texts,
  }),
  /** The run (or one part of it, under --all-hosts) now measures this address. */
  v.object({ type: v.literal('host-pinned'), at: stamp, host: pinnedHost, origin }),
  v.object({
    type: v.literal('session-started'),
    at: stamp,
    session: number,
    host: pinnedHost,
    sourceAddress: v.nullable(text),
    /** When the planner wanted it, in milliseconds of this segment's monotonic clock; null: at once. */
    dueMonotonicMs: v.nullable(finite),
    /** Why the planner asked for it, in a few words. */
    purpose: text,
  }),
  v.object({
    type: v.literal('session-opened'),
    at: stamp,
    session: number,
    facts: v.object({
      banner: KeptReplySchema,
      greeting: KeptReplySchema,
      extensions: texts,
      tls: v.nullable(v.object({ protocol: text, cipher: text, verified: v.boolean() })),
    }),
  }),
  v.object({
    type: v.literal('attempt-started'),
    at: stamp,
    n: number,
    session: number,
    tuple: v.object({
      id: text,
      client: v.nullable(text),
      helo: text,
      sender: text,
      recipient: text,
    }),
    role: v.picklist(ROLES),
  }),
  v.object({
    type: v.literal('attempt-finished'),
    at: stamp,
    n: number,
    stage: v.picklist(STAGES),
    reply: v.nullable(KeptReplySchema),
    failure: v.nullable(v.object({ code: v.picklist(FAILURE_CODES), message: text })),
    sent: stamp,
    replied: stamp,
  }),
  v.object({
    type: v.literal('session-ended'),
    at: stamp,
    session: number,
    /** The 421 with which the host ended it, where that was the answer to no command of ours. */
    unasked: v.exactOptional(KeptReplySchema),
  }),
  /** The process ends, the run does not: interrupted, or told not to wait. */
  v.object({
    type: v.literal('run-paused'),
    at: stamp,
    reason: v.picklist(['interrupted', 'not-yet']),
    dueWallMs: v.nullable(wallMs),
  }),
  v.object({
    type: v.literal('run-finished'),
    at: stamp,
    reason: v.picklist(FINISH_REASONS),
    /** Left alone, since it or its operator (`who`) had asked another run to stop. */
    notAsked: v.exactOptional(
      v.object({ host: pinnedHost, who: text, saidWallMs: wallMs, untilWallMs: wallMs }),
    ),
  }),
]);

export type ProbeEvent = Frozen<v.InferOutput<typeof ProbeEventSchema>>;
export type HostsFailed = Extract<ProbeEvent, { readonly type: 'hosts-failed' }>;
export type RunStarted = Extract<ProbeEvent, { readonly type: 'run-started' }>;
export type RunPaused = Extract<ProbeEvent, { readonly type: 'run-paused' }>;
export type RunFinished = Extract<ProbeEvent, { readonly type: 'run-finished' }>;
