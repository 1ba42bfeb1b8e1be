import * as v from 'valibot';
import { assess } from '../core/evidence/assess.js';
import { verdictOf } from '../core/evidence/verdict.js';
import { VERDICT_KINDS } from '../core/evidence/verdict-schema.js';
import { CONFIDENCES, DEFERRAL_CLASSES } from '../core/greylist/hypothesis.js';
import { operatorOf } from '../core/manners/ledger.js';
import type { RunState } from '../core/run/state.js';
import type { Reply } from '../model/smtp.js';

/** Why a run ended without the visits that it wanted. */
const NOT_VISITED = ['opted-out', 'source-lost', 'refused'] as const;

const seconds = v.nullable(v.pipe(v.number(), v.finite()));
const count = v.pipe(v.number(), v.integer());
const text = v.nullable(v.string());

/** A target and the mail host of its domain: flat, so that a table of them is a table. */
export const SurveyRowSchema = v.object({
  schema: v.literal('greyprobe.survey-row.v1'),
  recipient: v.string(),
  domain: v.string(),
  label: text,
  /** The mail host, its address, and the registered domain of its name. */
  host: text,
  address: text,
  operator: text,
  /** Null: it was not asked, or has not answered yet. */
  verdict: v.nullable(v.picklist(VERDICT_KINDS)),
  confidence: v.nullable(v.picklist(CONFIDENCES)),
  /**
   * Of a deferral or rejection; `opted-out`: left alone, as its list says; `source-lost`, `refused`: by
   * the worker that was to visit it, which lost its address, or may not.
   */
  class: v.nullable(v.picklist([...DEFERRAL_CLASSES, ...NOT_VISITED])),
  /** Product, by its id in the catalogue. */
  implementation: text,
  opensAfterSeconds: seconds,
  opensBySeconds: seconds,
  closesAfterSeconds: seconds,
  closesBySeconds: seconds,
  attempts: count,
  connections: count,
  /** How long the run took. */
  seconds,
  /** What the host said to the first sender. */
  reply: text,
  /** Version of TLS; `none`: the session stayed in plain. */
  tls: text,
  senderDomain: text,
  /** The run that was measured; of another domain where several have one mail host. */
  run: text,
  /** The address that it was visited from; null: as the system chose. */
  sourceAddress: v.exactOptional(text),
});
export type SurveyRow = v.InferOutput<typeof SurveyRowSchema>;

/** Columns, in their order. */
export const SURVEY_COLUMNS = Object.keys(SurveyRowSchema.entries).filter(
  (name) => name !== 'schema',
);

/** What a row says of a run, whichever target it is for. */
export type SurveyFinding = Omit<SurveyRow, 'schema' | 'recipient' | 'domain' | 'label'>;

/** Nothing was found, since nothing was asked. */
export const NOTHING_FOUND: SurveyFinding = {
  host: null,
  address: null,
  operator: null,
  verdict: null,
  confidence: null,
  class: null,
  implementation: null,
  opensAfterSeconds: null,
  opensBySeconds: null,
  closesAfterSeconds: null,
  closesBySeconds: null,
  attempts: 0,
  connections: 0,
  seconds: null,
  reply: null,
  tls: null,
  senderDomain: null,
  run: null,
  sourceAddress: null,
};

/** What a run found. Pure. */
export function surveyFindingOf(state: RunState): SurveyFinding {
  const assessment = assess(state);
  const verdict = verdictOf(state, assessment);
  const { opens, closes } = verdict.kind === 'greylisted' ? assessment.inference : UNKNOWN;
  const [first] = state.attempts;
  const facts = state.sessions.find((one) => one.facts !== null)?.facts ?? null;
  const end = state.finished ?? { at: state.lastAt };
  const notVisited = NOT_VISITED.find((reason) => reason === state.finished?.reason) ?? null;
  const wasAsked = notVisited === null || first !== undefined;
  const host = state.pinned ?? state.finished?.notAsked?.host ?? state.sessions[0]?.host ?? null;
  return {
    host: host?.name ?? null,
    address: host?.address ?? null,
    operator: host === null ? null : operatorOf(host),
    verdict: wasAsked ? verdict.kind : null,
    confidence: wasAsked ? verdict.confidence : null,
    class: notVisited ?? verdict.class,
    implementation: verdict.implementation?.id ?? null,
    opensAfterSeconds: tidy(opens.afterSeconds),
    opensBySeconds: tidy(opens.bySeconds),
    closesAfterSeconds: tidy(closes.afterSeconds),
    closesBySeconds: tidy(closes.bySeconds),
    attempts: state.attempts.length,
    connections: state.sessions.length,
    seconds: tidy((end.at.wallMs - state.started.wallMs) / 1000),
    reply: first?.end?.reply ? spoken(first.end.reply) : null,
    tls: facts === null ? null : (facts.tls?.protocol ?? 'none'),
    senderDomain: first === undefined ? null : domainOf(first.tuple.sender),
    run: state.run,
    sourceAddress: state.request.sourceAddresses[0] ?? null,
  };
}

const UNKNOWN = {
  opens: { afterSeconds: null, bySeconds: null },
  closes: { afterSeconds: null, bySeconds: null },
} as const;

/** To the millisecond: clocks tell no more. */
function tidy(value: number | null): number | null {
  return value === null ? null : Math.round(value * 1000) / 1000;
}

function spoken({ code, enhanced, text: lines }: Reply): string {
  return [code, enhanced, ...lines].filter((part) => part !== null).join(' ');
}

function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1);
}
