import * as v from 'valibot';
import {
  finite,
  integer,
  KeptReplySchema,
  notNegative,
  port,
  RUN_ID,
  texts,
} from '../../core/run/fields.js';
import type { Frozen } from '../../model/frozen.js';
import { FAILURE_CODES, STAGES, TLS_POLICIES } from '../../model/smtp.js';

/*
 * What coordinator and workers tell each other. A queue is a border: whoever reads checks, since anybody
 * who may write to the Redis can have written it.
 */

const LONGEST_TEXT = 70_000;
const text = v.pipe(v.string(), v.maxLength(LONGEST_TEXT));
const name = v.pipe(v.string(), v.regex(/^[\w.-]{1,300}$/u));
const address = v.pipe(
  v.string(),
  v.union([v.pipe(v.string(), v.ipv4()), v.pipe(v.string(), v.ipv6())]),
);
/** What stands in a command of SMTP: no space, no bracket, no control character. */
const mailbox = v.pipe(v.string(), v.regex(/^[^\p{Cc}<> ]{1,320}$/u));
const domain = v.pipe(v.string(), v.regex(/^[^\p{Cc}<>@ ]{1,255}$/u));

/** One visit, as it waits in the queue of its source address. Times are of the clock of the Redis. */
export const JobSchema = v.object({
  visit: name,
  survey: v.pipe(v.string(), v.regex(RUN_ID)),
  /** The process that asks for it; jobs of one that is gone are nobody's. */
  coordinator: name,
  domain,
  request: v.object({
    address,
    port,
    hostName: v.nullable(domain),
    sourceAddress: address,
    helo: v.pipe(v.string(), v.regex(/^[\x21-\x7e]{1,255}$/u)),
    tls: v.picklist(TLS_POLICIES),
    timeoutMs: v.pipe(notNegative, v.maxValue(600_000)),
  }),
  limits: v.object({
    connectionsPerHour: v.pipe(integer, v.minValue(1)),
    secondsBetweenConnections: notNegative,
  }),
  notBeforeMs: finite,
  notAfterMs: finite,
});
export type Job = Frozen<v.InferOutput<typeof JobSchema>>;

/** What the worker that has the visit is told, one after the other. */
export const CommandSchema = v.variant('say', [
  v.object({ visit: name, say: v.literal('dial') }),
  v.object({
    visit: name,
    say: v.literal('transact'),
    /** 1, 2, ... within the session: told twice, it is done once. */
    n: v.pipe(integer, v.minValue(1)),
    sender: mailbox,
    recipient: mailbox,
  }),
  v.object({ visit: name, say: v.literal('quit') }),
]);
export type Command = Frozen<v.InferOutput<typeof CommandSchema>>;

const end = v.object({
  stage: v.picklist(STAGES),
  reply: v.nullable(KeptReplySchema),
  failure: v.nullable(v.object({ code: v.picklist(FAILURE_CODES), message: text })),
});
export type ReportedEnd = Frozen<v.InferOutput<typeof end>>;

const facts = v.object({
  banner: KeptReplySchema,
  greeting: KeptReplySchema,
  extensions: texts,
  tls: v.nullable(v.object({ protocol: text, cipher: text, verified: v.boolean() })),
});

/** What became of the wish to connect. */
const VisitAnswerSchema = v.variant('kind', [
  v.object({ kind: v.literal('go'), worker: name }),
  v.object({ kind: v.literal('later'), waitMs: notNegative }),
  v.object({ kind: v.literal('rest'), of: v.picklist(['host', 'operator']), agoMs: finite }),
  v.object({ kind: v.literal('missed') }),
  v.object({ kind: v.literal('opted-out') }),
  /** Somebody had it already. */
  v.object({ kind: v.literal('done') }),
  /** The Redis knows no such coordinator. */
  v.object({ kind: v.literal('stale') }),
  v.object({ kind: v.literal('refused'), why: text }),
]);
export type VisitAnswer = Frozen<v.InferOutput<typeof VisitAnswerSchema>>;

/** What a worker tells of a visit, or of an address that it lost. */
export const WorkerReportSchema = v.variant('tell', [
  v.object({ visit: name, tell: v.literal('claim'), answer: VisitAnswerSchema }),
  v.object({
    visit: name,
    tell: v.literal('dialled'),
    opened: v.nullable(v.object({ facts, open: v.boolean() })),
    end: v.nullable(end),
  }),
  v.object({
    visit: name,
    tell: v.literal('transacted'),
    n: v.pipe(integer, v.minValue(1)),
    end,
    open: v.boolean(),
  }),
  v.object({ visit: name, tell: v.literal('ended'), unasked: v.nullable(KeptReplySchema) }),
  v.object({ tell: v.literal('source-lost'), source: address }),
]);
export type WorkerReport = Frozen<v.InferOutput<typeof WorkerReportSchema>>;
export type VisitReport = Exclude<WorkerReport, { readonly tell: 'source-lost' }>;

/** Reads what was written by another process; null where it is not that. */
export function readMessage<const T extends v.GenericSchema>(
  schema: T,
  written: string | undefined,
): v.InferOutput<T> | null {
  if (written === undefined) return null;
  try {
    const parsed = v.safeParse(schema, JSON.parse(written));
    return parsed.success ? parsed.output : null;
  } catch {
    return null;
  }
}
