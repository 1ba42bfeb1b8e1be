import * as v from 'valibot';
import { VERDICT_KINDS } from '../../src/core/evidence/verdict-schema.js';
import { CONFIDENCES, DEFERRAL_CLASSES } from '../../src/core/greylist/hypothesis.js';
import { FINISH_REASONS } from '../../src/core/run/events.js';
import { parseSenderPool } from '../../src/core/run/sender-pool.js';
import { parseReplyLines } from '../../src/model/reply.js';
import { PROBE_STAGES, type Reply } from '../../src/model/smtp.js';
import { parseDuration } from '../../src/model/values/duration.js';
import { DECISION_STAGES, KEY_PARTS } from '../../src/sandbox/greylister-policy.js';
import { MODELS } from '../../src/sandbox/models/index.js';
import { readDocument } from '../../src/tasks/check/config-document.js';
import { configError } from '../../src/tasks/check/config-problem.js';

/*
 * A scenario: a mail host, a probe of it, and what the probe must find. docs/scenarios.md says it in
 * the words of those who write one.
 */

/** Text that `parse` takes; what it throws is told with the line. */
function textFor<T>(parse: (text: string) => T) {
  return v.pipe(
    v.string(),
    v.rawCheck(({ dataset, addIssue }) => {
      if (!dataset.typed) return;
      try {
        parse(dataset.value);
      } catch (error) {
        addIssue({ message: error instanceof Error ? error.message : String(error) });
      }
    }),
    v.transform(parse),
  );
}

const seconds = textFor(parseDuration);
const ages = v.array(seconds);
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const text = v.string();

/** `5m`, or `never`. */
const secondsOrNever = textFor((value) => (value === 'never' ? null : parseDuration(value)));

/** `290s..306s`: from the one to the other; `unknown`. */
const span = textFor((value) => {
  if (value === 'unknown') return null;
  const [from = '', to = '', ...more] = value.split('..');
  if (to === '' || more.length > 0) {
    throw new Error(`"${value}" is not a span: write two durations, 290s..306s, or unknown.`);
  }
  return { low: parseDuration(from), high: parseDuration(to) };
});

/** A reply as it goes over the line, one text a line. */
function replyOf(...lines: readonly string[]): Reply {
  const { reply, problem } = parseReplyLines(lines);
  if (reply === null) throw new Error(`${problem}.`);
  return reply;
}
const reply = textFor((value) => replyOf(...value.split('\n').filter((line) => line !== '')));

const GreylistsSchema = v.strictObject({
  like: v.optional(v.picklist(Object.keys(MODELS))),
  delay: v.optional(seconds),
  window: v.optional(secondsOrNever),
  remembers: v.optional(secondsOrNever),
  key: v.optional(v.array(v.picklist(KEY_PARTS))),
  at: v.optional(v.picklist(DECISION_STAGES)),
  says: v.optional(reply),
  'says-later': v.optional(reply),
  'early-retry': v.optional(v.picklist(['harmless', 'restart', 'adds 2m'])),
  'opens-for': v.optional(
    v.picklist(['nobody', 'client', 'client-sender', 'client-sender-domain']),
  ),
  'after-passes': v.optional(count),
  exempt: v.optional(v.array(text)),
});

const FaultSchema = v.strictObject({
  at: v.optional(v.picklist(DECISION_STAGES), 'rcpt'),
  says: v.optional(reply),
  does: v.optional(v.picklist(['close', 'refuse', 'silence'])),
  from: v.optional(seconds),
  until: v.optional(seconds),
  connections: v.optional(v.array(count)),
  chance: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(1))),
  'beyond-per-minute': v.optional(count),
  'beyond-senders': v.optional(count),
});

const ScenarioSchema = v.strictObject({
  title: text,
  host: v.strictObject({
    greylists: v.optional(GreylistsSchema),
    faults: v.optional(v.array(FaultSchema), []),
    'takes-over-each-reply': v.optional(seconds, '0s'),
    latency: v.optional(v.picklist(['none', 'usual']), 'usual'),
  }),
  probe: v.optional(
    v.strictObject({
      senders: v.optional(textFor(parseSenderPool), 'probe-{nonce}@sender.example'),
      recipient: v.optional(text, 'user@example.org'),
      'retry-at': v.optional(ages),
      closing: v.optional(ages, []),
      stage: v.optional(v.picklist(PROBE_STAGES), 'rcpt'),
      'max-wait': v.optional(seconds, '70m'),
      'source-addresses': v.optional(v.array(text), []),
    }),
    {},
  ),
  expect: v.strictObject({
    verdict: v.picklist(VERDICT_KINDS),
    confidence: v.optional(v.picklist(CONFIDENCES)),
    class: v.optional(v.picklist(DEFERRAL_CLASSES)),
    product: v.optional(text),
    opens: v.optional(span),
    closes: v.optional(span),
    ends: v.optional(v.picklist(FINISH_REASONS)),
    connections: v.optional(count),
    'restarts-timer': v.optional(v.boolean()),
    /** A limit of what can be known: without this key, what was measured may not be false. */
    'misses-the-delay': v.optional(v.boolean(), false),
    warnings: v.optional(v.array(text)),
    talk: v.optional(v.array(text)),
  }),
});
export type Scenario = v.InferOutput<typeof ScenarioSchema>;

/** A scenario, and the line of each key of what it expects. */
export interface ReadScenario {
  readonly scenario: Scenario;
  lineOf(expected: string): number;
}

/** Reads a scenario. Throws with file and line where a key or a value is wrong. */
export function readScenario(source: string, file: string): ReadScenario {
  const { value, lineOf } = readDocument(source, file);
  const parsed = v.safeParse(ScenarioSchema, value);
  if (!parsed.success) throw configError(file, parsed.issues, lineOf);
  return { scenario: parsed.output, lineOf: (key) => lineOf(['expect', key], 'key') };
}
