import * as v from 'valibot';
import { VERDICT_KINDS } from '../../src/core/evidence/verdict-schema.js';
import { CONFIDENCES, DEFERRAL_CLASSES } from '../../src/core/greylist/hypothesis.js';
import { FINISH_REASONS } from '../../src/core/run/events.js';
import { parseSenderPool } from '../../src/core/run/sender-pool.js';
import { usageError } from '../../src/model/errors.js';
import { parseReplyLines } from '../../src/model/reply.js';
import { PROBE_STAGES, type Reply } from '../../src/model/smtp.js';
import { parseDuration } from '../../src/model/values/duration.js';
import { DECISION_STAGES, KEY_PARTS } from '../../src/sandbox/greylister-policy.js';
import { MODELS } from '../../src/sandbox/models/index.js';
import { readDocument } from '../../src/tasks/check/config-document.js';
import { configError } from '../../src/tasks/check/config-problem.js';
import {
  choice,
  duration,
  expected,
  keys,
  list,
  text,
  toggle,
  wholeNumber,
} from '../../src/tasks/check/config-values.js';

/*
 * A scenario: a mail host, a probe of it, and what the probe must find. docs/scenarios.md says it in
 * the words of those who write one.
 */

const wrong = (says: string) => usageError('bad-scenario', says);

const seconds = duration(parseDuration, 'A duration.');
const share = v.pipe(
  v.number(expected('a number')),
  v.minValue(0, 'it is less than 0.'),
  v.maxValue(1, 'it is more than 1.'),
);
const ages = list(seconds);
const count = wholeNumber(0, 1_000_000, 'A count.');
const oneOf = <T extends string>(words: readonly T[]) => choice(words, 'One of these.');
const word = text((value) => value, 'Text.');
const words = list(word);

/** `5m`, or `never`. */
const secondsOrNever = duration(
  (value) => (value === 'never' ? null : parseDuration(value)),
  'A duration, or never.',
);

/** `290s..306s`: from the one to the other; `unknown`. */
const span = text((value) => {
  if (value === 'unknown') return null;
  const [from = '', to = '', ...more] = value.split('..');
  if (to === '' || more.length > 0) {
    throw wrong(`"${value}" is not a span: write two durations, 290s..306s, or unknown.`);
  }
  return { low: parseDuration(from), high: parseDuration(to) };
}, 'A span of time.');

/** A reply as it goes over the line, one text a line. */
const reply = text((value): Reply => {
  const parsed = parseReplyLines(value.split('\n').filter((line) => line !== ''));
  if (parsed.reply === null) throw wrong(`${parsed.problem}.`);
  return parsed.reply;
}, 'A reply.');

const GreylistsSchema = keys({
  like: v.optional(oneOf(Object.keys(MODELS))),
  delay: v.optional(seconds),
  window: v.optional(secondsOrNever),
  remembers: v.optional(secondsOrNever),
  key: v.optional(list(oneOf(KEY_PARTS))),
  at: v.optional(oneOf(DECISION_STAGES)),
  says: v.optional(reply),
  'says-later': v.optional(reply),
  'early-retry': v.optional(oneOf(['harmless', 'restart', 'doubles', 'adds 2m'])),
  'opens-for': v.optional(oneOf(['nobody', 'client', 'client-sender', 'client-sender-domain'])),
  'after-passes': v.optional(count),
  exempt: v.optional(words),
  knows: v.optional(words, []),
  machines: v.optional(count, 1),
});

const FaultSchema = keys({
  at: v.optional(oneOf(DECISION_STAGES), 'rcpt'),
  says: v.optional(reply),
  does: v.optional(oneOf(['close', 'refuse', 'silence'])),
  from: v.optional(seconds),
  until: v.optional(seconds),
  connections: v.optional(list(count)),
  chance: v.optional(share),
  'beyond-per-minute': v.optional(count),
  'beyond-senders': v.optional(count),
});

const ScenarioSchema = keys({
  title: word,
  host: keys({
    greylists: v.optional(GreylistsSchema),
    faults: v.optional(list(FaultSchema), []),
    'takes-over-each-reply': v.optional(seconds, '0s'),
    latency: v.optional(oneOf(['none', 'usual', 'slow']), 'usual'),
  }),
  probe: v.optional(
    keys({
      senders: v.optional(text(parseSenderPool, 'Senders.'), 'probe-{nonce}@sender.example'),
      recipient: v.optional(word, 'user@example.org'),
      'retry-at': v.optional(ages),
      closing: v.optional(ages, []),
      stage: v.optional(oneOf(PROBE_STAGES), 'rcpt'),
      'max-wait': v.optional(seconds, '70m'),
      'source-addresses': v.optional(words, []),
    }),
    {},
  ),
  expect: keys({
    verdict: oneOf(VERDICT_KINDS),
    confidence: v.optional(oneOf(CONFIDENCES)),
    class: v.optional(oneOf(DEFERRAL_CLASSES)),
    product: v.optional(word),
    opens: v.optional(span),
    closes: v.optional(span),
    ends: v.optional(oneOf(FINISH_REASONS)),
    connections: v.optional(count),
    'restarts-timer': v.optional(toggle('True or false.')),
    /** A limit of what can be known: without this key, what was measured may not be false. */
    'misses-the-delay': v.optional(toggle('True or false.'), false),
    warnings: v.optional(words),
    talk: v.optional(words),
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
