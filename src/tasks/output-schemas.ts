import * as v from 'valibot';
import { type CheckResult, CheckResultSchema } from '../contract/check-result.js';
import { type DoctorResult, DoctorResultSchema } from '../contract/doctor-result.js';
import { type ErrorResult, ErrorResultSchema } from '../contract/error-result.js';
import { type ExplainResult, ExplainResultSchema } from '../contract/explain-result.js';
import { type HistoryResult, HistoryResultSchema } from '../contract/history-result.js';
import { type HostsResult, HostsResultSchema } from '../contract/hosts-result.js';
import { type InitResult, InitResultSchema } from '../contract/init-result.js';
import { type MxResult, MxResultSchema } from '../contract/mx-result.js';
import { type ObserveResult, ObserveResultSchema } from '../contract/observe-result.js';
import { type PlanResult, PlanResultSchema } from '../contract/plan-result.js';
import { type ProbeResult, ProbeResultSchema } from '../contract/probe-result.js';
import { type RecommendResult, RecommendResultSchema } from '../contract/recommend-result.js';
import {
  type PruneResult,
  PruneResultSchema,
  type RunList,
  RunListSchema,
  type ShownRun,
  ShownRunSchema,
} from '../contract/run-list.js';
import { SandboxLineSchema } from '../contract/sandbox-result.js';
import { type SendersResult, SendersResultSchema } from '../contract/senders-result.js';
import {
  type SimulateSendersResult,
  SimulateSendersResultSchema,
} from '../contract/simulate-senders-result.js';
import { type SurveyPlan, SurveyPlanSchema } from '../contract/survey-plan.js';
import { type SurveyResult, SurveyResultSchema } from '../contract/survey-result.js';
import { type SurveyRow, SurveyRowSchema } from '../contract/survey-row.js';
import { type VersionResult, VersionResultSchema } from '../contract/version-result.js';
import { type WorkerResult, WorkerResultSchema } from '../contract/worker-result.js';
import { PrintedEntrySchema } from '../core/greylist/catalogue/schema.js';
import { ProbeEventSchema } from '../core/run/events.js';
import { type Config, ConfigSchema } from './check/config-schema.js';

/** One published schema: its definition, and what it is of. */
export interface PublishedSchema<Output = unknown> {
  readonly schema: v.GenericSchema<unknown, Output>;
  readonly title: string;
  readonly description: string;
}

const published = <Output>(
  schema: v.GenericSchema<unknown, Output>,
  title: string,
  description: string,
): PublishedSchema<Output> => ({ schema, title, description });

const printedBy = (command: string): string => `What \`greyprobe ${command} --json\` prints.`;

/** A line of `--format ndjson`: an event with the run it belongs to. */
const EventLineSchema = v.intersect([
  v.object({
    schema: v.literal('greyprobe.event.v1'),
    run: v.string(),
    time: v.string(),
  }),
  ProbeEventSchema,
]);

const CatalogueSchema = v.object({
  schema: v.literal('greyprobe.catalogue.v1'),
  entries: v.array(PrintedEntrySchema),
});

/** What stands under each schema, as a type: `Outputs['check-result.v1']`. */
export interface Outputs {
  readonly 'probe-result.v1': ProbeResult;
  readonly 'hosts-result.v1': HostsResult;
  readonly 'check-result.v1': CheckResult;
  readonly 'init-result.v1': InitResult;
  readonly 'history-result.v1': HistoryResult;
  readonly 'mx-result.v1': MxResult;
  readonly 'explain-result.v1': ExplainResult;
  readonly 'catalogue.v1': v.InferOutput<typeof CatalogueSchema>;
  readonly 'senders.v1': SendersResult;
  readonly 'recommend-result.v1': RecommendResult;
  readonly 'simulate-senders-result.v1': SimulateSendersResult;
  readonly 'observe-result.v1': ObserveResult;
  readonly 'plan.v1': PlanResult;
  readonly 'runs.v1': RunList;
  readonly 'run.v1': ShownRun;
  readonly 'prune-result.v1': PruneResult;
  readonly 'sandbox.v1': v.InferOutput<typeof SandboxLineSchema>;
  readonly 'doctor-result.v1': DoctorResult;
  readonly 'survey-row.v1': SurveyRow;
  readonly 'survey-result.v1': SurveyResult;
  readonly 'survey-plan.v1': SurveyPlan;
  readonly 'worker-result.v1': WorkerResult;
  readonly 'event.v1': v.InferOutput<typeof EventLineSchema>;
  readonly 'version-result.v1': VersionResult;
  readonly 'error.v1': ErrorResult;
  readonly 'config.v1': Config;
}

export type OutputSchemaName = keyof Outputs;

/** Every JSON that greyprobe writes, and the configuration that it reads, by name and version. */
export const OUTPUT_SCHEMAS: {
  readonly [Name in OutputSchemaName]: PublishedSchema<Outputs[Name]>;
} = {
  'probe-result.v1': published(
    ProbeResultSchema,
    'Result of a probe',
    `${printedBy('probe')} Times in seconds, timestamps in RFC 3339, UTC.`,
  ),
  'hosts-result.v1': published(
    HostsResultSchema,
    'Result of a probe of all mail hosts',
    printedBy('probe --all-hosts'),
  ),
  'check-result.v1': published(
    CheckResultSchema,
    'Result of a check',
    `${printedBy('check')} An outcome of not-judged is neither passed nor failed.`,
  ),
  'init-result.v1': published(
    InitResultSchema,
    'A configuration that was written',
    printedBy('check --init'),
  ),
  'history-result.v1': published(
    HistoryResultSchema,
    'What runs of a target have found over time',
    `${printedBy('history')} Times in seconds, timestamps in RFC 3339, UTC.`,
  ),
  'mx-result.v1': published(MxResultSchema, 'Mail hosts of a domain', printedBy('mx')),
  'explain-result.v1': published(
    ExplainResultSchema,
    'Explanation of replies',
    printedBy('explain'),
  ),
  'catalogue.v1': published(
    CatalogueSchema,
    'Catalogue of greylisters and look-alikes',
    'What `greyprobe explain --catalogue --json` and `greyprobe greylisters --json` print.',
  ),
  'senders.v1': published(SendersResultSchema, 'Known senders', printedBy('senders')),
  'recommend-result.v1': published(
    RecommendResultSchema,
    'Retry settings for senders',
    printedBy('recommend'),
  ),
  'simulate-senders-result.v1': published(
    SimulateSendersResultSchema,
    'Landings of senders',
    printedBy('simulate'),
  ),
  'observe-result.v1': published(
    ObserveResultSchema,
    'What logs tell of greylists',
    `${printedBy('observe')} Times in seconds.`,
  ),
  'plan.v1': published(PlanResultSchema, 'The plan of a probe', printedBy('probe --dry-run')),
  'runs.v1': published(RunListSchema, 'Kept runs', printedBy('runs')),
  'run.v1': published(ShownRunSchema, 'A kept run', printedBy('runs show')),
  'prune-result.v1': published(PruneResultSchema, 'Removed runs', printedBy('runs prune')),
  'sandbox.v1': published(
    SandboxLineSchema,
    'A line of the sandbox',
    'What `greyprobe sandbox --json` prints, line by line.',
  ),
  'doctor-result.v1': published(
    DoctorResultSchema,
    'Whether this machine can measure greylisting',
    printedBy('doctor'),
  ),
  'survey-row.v1': published(
    SurveyRowSchema,
    'A target of a survey',
    'A line of `greyprobe survey --format ndjson`: a target and the mail host of its domain. Unknown is null.',
  ),
  'survey-result.v1': published(
    SurveyResultSchema,
    'What a survey found',
    'What `greyprobe survey --json` prints, over all its rows.',
  ),
  'survey-plan.v1': published(
    SurveyPlanSchema,
    'The plan of a survey',
    'What `greyprobe survey --dry-run --json` prints.',
  ),
  'worker-result.v1': published(WorkerResultSchema, 'What a worker did', printedBy('worker')),
  'event.v1': published(
    EventLineSchema,
    'An event of a run',
    'A line of `--format ndjson`; the last line is the result. Stamps count milliseconds.',
  ),
  'version-result.v1': published(
    VersionResultSchema,
    'The version of greyprobe',
    printedBy('version'),
  ),
  'error.v1': published(
    ErrorResultSchema,
    'An error',
    'What every command prints under `--json` when it fails.',
  ),
  'config.v1': published(
    ConfigSchema,
    'Configuration of greyprobe check',
    'greyprobe.yaml or greyprobe.json: what to probe, and what to expect of it.',
  ),
};
