import * as v from 'valibot';
import type { Frozen } from '../../model/frozen.js';
import type { ProbeEvent } from '../run/events.js';
import { text } from '../run/fields.js';
import { ProbeRequestSchema } from '../run/request-schema.js';

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const wallMs = v.pipe(v.number(), v.finite());

export const SURVEY_FORMATS = ['text', 'json', 'ndjson', 'csv', 'html', 'svg'] as const;

/** What was asked for, beside the targets. */
const SurveySettingsSchema = v.object({
  /** As of a probe; recipient and domain are those of each target. */
  request: ProbeRequestSchema,
  resolver: v.nullable(text),
  /** So many domains of one mail host are measured. */
  perHost: count,
  contact: v.nullable(text),
  optOut: v.nullable(text),
  /** Where rows go; null: to standard output. */
  outputs: v.array(v.object({ format: v.picklist(SURVEY_FORMATS), file: v.nullable(text) })),
  /** Senders whose schedules are held against what is found. */
  senders: text,
  /** Visits are made by workers, each from an address of its own; absent: by the process itself. */
  byWorkers: v.exactOptional(v.boolean()),
});
export type SurveySettings = Frozen<v.InferOutput<typeof SurveySettingsSchema>>;

/** What happens in a survey beside its runs. */
export const SurveyEventSchema = v.variant('type', [
  /** `list` is the same where the same targets are asked for with the same settings. */
  v.object({
    type: v.literal('survey-started'),
    survey: text,
    list: text,
    wallMs,
    settings: SurveySettingsSchema,
  }),
  v.object({ type: v.literal('survey-resumed'), wallMs }),
  /** Targets are numbered 0, 1, ... in the order of the list. */
  v.object({
    type: v.literal('survey-target'),
    n: count,
    recipient: text,
    domain: text,
    label: v.nullable(text),
  }),
  /** A run begins, for this target, of the mail host at this place. */
  v.object({ type: v.literal('survey-run'), run: text, n: count, place: text }),
  v.object({ type: v.literal('survey-finished'), wallMs }),
]);
export type SurveyEvent = Frozen<v.InferOutput<typeof SurveyEventSchema>>;

export type SurveyTarget = Pick<
  Extract<SurveyEvent, { type: 'survey-target' }>,
  'n' | 'recipient' | 'domain' | 'label'
>;

/** A line of a segment: an event of the survey, or one of the run that it names. */
export type SegmentLine = SurveyEvent | { readonly run: string; readonly event: ProbeEvent };
