import * as v from 'valibot';
import { FINISH_REASONS, type ProbeEvent } from '../../core/run/events.js';
import { HOST_ORIGINS } from '../../model/mail-host.js';
import { FAILURE_CODES, PROBE_STAGES, STAGES, TLS_POLICIES } from '../../model/smtp.js';
import { ROLES } from '../../model/tuple.js';
import { RUN_ID } from './run-id.js';

/*
 * The lines of a journal after the first, checked where they come in. `EveryEventIsDescribed` at the
 * end fails to compile when an event and its schema differ.
 */

const finite = v.pipe(v.number(), v.finite());
const notNegative = v.pipe(finite, v.minValue(0));
const integer = v.pipe(v.number(), v.safeInteger());
const count = v.pipe(integer, v.minValue(0));
/** Attempts and sessions are numbered from 1. */
const number = v.pipe(integer, v.minValue(1));
const port = v.pipe(integer, v.minValue(1), v.maxValue(65_535));
const text = v.string();
const texts = v.array(text);

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

const mailHost = v.object({
  name: text,
  preference: count,
  addresses: texts,
  origin: v.picklist(HOST_ORIGINS),
});

const reply = v.object({
  code: v.pipe(integer, v.minValue(200), v.maxValue(599)),
  enhanced: v.nullable(text),
  text: v.pipe(texts, v.minLength(1)),
});

const failure = v.object({ code: v.picklist(FAILURE_CODES), message: text });

const tuple = v.object({
  id: text,
  client: v.nullable(text),
  helo: text,
  sender: text,
  recipient: text,
});

const sessionFacts = v.object({
  banner: reply,
  greeting: reply,
  extensions: texts,
  tls: v.nullable(v.object({ protocol: text, cipher: text, verified: v.boolean() })),
});

const senders = v.variant('kind', [
  v.object({ kind: v.literal('list'), addresses: texts }),
  v.object({ kind: v.literal('template'), template: text }),
]);

const request = v.object({
  recipient: text,
  domain: text,
  senders,
  helo: text,
  host: v.nullable(text),
  port,
  family: v.picklist(['any', 'ipv4', 'ipv6']),
  sourceAddresses: texts,
  tls: v.picklist(TLS_POLICIES),
  timeoutSeconds: notNegative,
  stage: v.picklist(PROBE_STAGES),
  deliver: v.boolean(),
  retryAtSeconds: v.nullable(v.array(notNegative)),
  maxWaitSeconds: notNegative,
  resolutionSeconds: notNegative,
  closingAgesSeconds: v.array(notNegative),
  key: v.boolean(),
  otherRecipient: v.nullable(text),
  manners: v.object({
    connectionsPerHour: notNegative,
    secondsBetweenConnections: notNegative,
    transactionsPerSession: notNegative,
  }),
});

export const EventSchema = v.variant('type', [
  v.object({
    type: v.literal('run-started'),
    at: stamp,
    run: v.pipe(text, v.regex(RUN_ID, 'the name of a run')),
    boot: v.exactOptional(text),
    request,
  }),
  v.object({ type: v.literal('run-resumed'), at: stamp, boot: v.exactOptional(text), warnings }),
  v.object({
    type: v.literal('hosts-resolved'),
    at: stamp,
    mailHosts: v.array(mailHost),
    warnings,
  }),
  v.object({
    type: v.literal('hosts-failed'),
    at: stamp,
    kind: v.picklist(['no-mail-service', 'dns-failure']),
    code: text,
    message: text,
    suggestions: texts,
  }),
  v.object({
    type: v.literal('host-pinned'),
    at: stamp,
    host: pinnedHost,
    origin: v.picklist(HOST_ORIGINS),
  }),
  v.object({
    type: v.literal('session-started'),
    at: stamp,
    session: number,
    host: pinnedHost,
    sourceAddress: v.nullable(text),
    dueMonotonicMs: v.nullable(finite),
    purpose: text,
  }),
  v.object({ type: v.literal('session-opened'), at: stamp, session: number, facts: sessionFacts }),
  v.object({
    type: v.literal('attempt-started'),
    at: stamp,
    n: number,
    session: number,
    tuple,
    role: v.picklist(ROLES),
  }),
  v.object({
    type: v.literal('attempt-finished'),
    at: stamp,
    n: number,
    stage: v.picklist(STAGES),
    reply: v.nullable(reply),
    failure: v.nullable(failure),
    sent: stamp,
    replied: stamp,
  }),
  v.object({
    type: v.literal('session-ended'),
    at: stamp,
    session: number,
    unasked: v.exactOptional(reply),
  }),
  v.object({
    type: v.literal('run-paused'),
    at: stamp,
    reason: v.picklist(['interrupted', 'not-yet']),
    dueWallMs: v.nullable(wallMs),
  }),
  v.object({ type: v.literal('run-finished'), at: stamp, reason: v.picklist(FINISH_REASONS) }),
]);

/** An event, or in a few words why the value is none. */
export type ParsedEvent =
  | { readonly event: ProbeEvent; readonly problem: null }
  | { readonly event: null; readonly problem: string };

type OneEventSchema = (typeof EventSchema)['options'][number];

/** The schema of each type of event: to try them in turn takes longer than the rest of a replay. */
const SCHEMAS: ReadonlyMap<unknown, OneEventSchema> = new Map(
  EventSchema.options.map((schema) => [schema.entries.type.literal, schema]),
);

/** Checks that a value from a journal's line is an event. Properties that are unknown are dropped. */
export function parseEvent(value: unknown): ParsedEvent {
  const type = typeof value === 'object' && value !== null && 'type' in value ? value.type : null;
  const schema: OneEventSchema | typeof EventSchema = SCHEMAS.get(type) ?? EventSchema;
  const parsed = v.safeParse(schema, value, { abortEarly: true });
  if (!parsed.success) return { event: null, problem: describe(parsed.issues[0]) };
  const event = parsed.output;
  if (event.type === 'attempt-finished' && (event.reply === null) === (event.failure === null)) {
    return { event: null, problem: 'an attempt ends with either a reply or a failure' };
  }
  return { event, problem: null };
}

function describe(issue: v.BaseIssue<unknown>): string {
  const path = v.getDotPath(issue);
  const where = path === null ? '' : `${path}: `;
  return `${where}expected ${issue.expected ?? 'another value'}`;
}

type Frozen<T> = T extends readonly (infer Item)[]
  ? readonly Frozen<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: Frozen<T[Key]> }
    : T;
type Same<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type Holds<T extends true> = T;

/** By type, so that a difference is named by the compiler. */
type ByType<T extends { readonly type: string }> = {
  readonly [Type in T['type']]: Frozen<Extract<T, { readonly type: Type }>>;
};

/**
 * Fails to compile when the schema and the engine's events are not the same.
 * @public
 */
export type EveryEventIsDescribed = Holds<
  Same<ByType<v.InferOutput<typeof EventSchema>>, ByType<ProbeEvent>>
>;
