import * as v from 'valibot';
import { type ProbeEvent, ProbeEventSchema } from '../../core/run/events.js';

/** An event, or in a few words why the value is none. */
export type ParsedEvent =
  | { readonly event: ProbeEvent; readonly problem: null }
  | { readonly event: null; readonly problem: string };

type OneEventSchema = (typeof ProbeEventSchema)['options'][number];

/** The schema of each type of event: to try them in turn takes longer than the rest of a replay. */
const SCHEMAS: ReadonlyMap<unknown, OneEventSchema> = new Map(
  ProbeEventSchema.options.map((schema) => [schema.entries.type.literal, schema]),
);

/** Checks that a value from a journal's line is an event. Properties that are unknown are dropped. */
export function parseEvent(value: unknown): ParsedEvent {
  const type = typeof value === 'object' && value !== null && 'type' in value ? value.type : null;
  const schema: OneEventSchema | typeof ProbeEventSchema = SCHEMAS.get(type) ?? ProbeEventSchema;
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
