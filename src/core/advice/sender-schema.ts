import * as v from 'valibot';

/*
 * What is known of a sender, as data: its schedule in one of a few kinds, its settings, when it
 * gives up, and where each of these was read.
 */

/**
 * How sure a number is. `given`: by the user, of a sender of their own. `source`: read in the sender's code or shipped configuration. `docs`: read in
 * the vendor's documents. `third-party`: read in somebody else's text. `measurement`: seen from
 * outside by somebody. `memory`: not verified.
 */
export const SOURCE_CONFIDENCES = [
  'given',
  'source',
  'docs',
  'third-party',
  'measurement',
  'memory',
] as const;
export type SourceConfidence = (typeof SOURCE_CONFIDENCES)[number];

const seconds = v.pipe(v.number(), v.finite(), v.minValue(0));
const period = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(604_800));
const count = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(10_000));
const day = v.pipe(v.string(), v.regex(/^\d{4}-\d{2}-\d{2}$/));
const wait = v.pipe(v.number(), v.finite(), v.minValue(1));

/**
 * Waits from try to try; `times` null: for ever. Nothing follows the last stage, nor the try that is
 * number `mostRetries`. A try is made when the queue is next polled; `pollSeconds` null: at once.
 */
const StagesSchema = v.object({
  kind: v.literal('stages'),
  mostRetries: v.optional(v.nullable(count), null),
  pollSeconds: v.optional(v.nullable(period), null),
  stages: v.pipe(
    v.array(v.object({ everySeconds: wait, times: v.nullable(count) })),
    v.maxLength(100),
  ),
});

/** Each wait is the one before times a factor. `jitter` is drawn anew for each wait. */
const GeometricSchema = v.object({
  kind: v.literal('geometric'),
  firstSeconds: wait,
  factor: v.pipe(v.number(), v.minValue(1), v.maxValue(100)),
  /** `floor`: the power of the factor is cut to a whole number. */
  rounding: v.picklist(['none', 'floor']),
  maxSeconds: v.nullable(wait),
  retries: v.nullable(count),
  jitter: v.nullable(
    v.object({
      low: v.number(),
      high: v.number(),
      /** What `low` and `high` count: seconds, or the first wait. */
      unit: v.picklist(['seconds', 'first-wait']),
      /** The jitter grows with the wait. */
      scaled: v.boolean(),
      /** No more than this, each way. */
      mostSeconds: v.optional(seconds),
    }),
  ),
});

/** Of each wait only the shortest and the longest are known; `times` null: for ever. */
const WaitRangesSchema = v.object({
  kind: v.literal('wait-ranges'),
  stages: v.pipe(
    v.array(v.object({ lowSeconds: wait, highSeconds: wait, times: v.nullable(count) })),
    v.minLength(1),
    v.maxLength(100),
  ),
});

/** The k-th retry comes unit x k² after arrival. */
const QuadraticSchema = v.object({ kind: v.literal('quadratic'), unitSeconds: wait });

/** The wait depends on the age of the message; jitter from 0 to below `jitterSeconds` is added. */
const AgeBracketsSchema = v.object({
  kind: v.literal('age-brackets'),
  brackets: v.pipe(
    v.array(v.object({ belowSeconds: v.nullable(seconds), waitSeconds: wait })),
    v.minLength(1),
  ),
  jitterSeconds: v.pipe(v.number(), v.integer(), v.minValue(1)),
});

/** Each wait is the one before times a random factor, up to a longest wait. */
const RandomFactorSchema = v.object({
  kind: v.literal('random-factor'),
  firstSeconds: wait,
  lowFactor: v.pipe(v.number(), v.minValue(1)),
  highFactor: v.pipe(v.number(), v.minValue(1)),
  maxSeconds: wait,
});

/** A few short waits, then a long one that doubles: bursts of tries. */
const BurstsSchema = v.object({
  kind: v.literal('bursts'),
  shortSeconds: wait,
  /** Every so many tries a long wait follows. */
  triesPerBurst: v.pipe(count, v.minValue(1)),
  longSeconds: wait,
  maxDoublings: v.pipe(count, v.maxValue(30)),
});

/** A queue scan of unknown phase takes up all mail each time. */
const ScanSchema = v.object({ kind: v.literal('scan'), scanSeconds: period });

/**
 * After each failure mail sleeps for its age, within bounds; the next queue scan that starts at
 * most `earlySeconds` before it wakes takes it up.
 */
const AgeScanSchema = v.object({
  kind: v.literal('age-scan'),
  scanSeconds: period,
  minWaitSeconds: wait,
  maxWaitSeconds: wait,
  earlySeconds: seconds,
  attemptSeconds: seconds,
});

/**
 * Rules by time since the first failure: `fixed` waits, or `growing` ones (at least `waitSeconds`,
 * then the last wait times the factor). The last rule goes on. No wait is longer than `maxWaitSeconds`.
 * A try is made at the first queue scan from then on; `scanSeconds` null: at once.
 */
const RetryRulesSchema = v.object({
  kind: v.literal('retry-rules'),
  rules: v.pipe(
    v.array(
      v.object({
        kind: v.picklist(['fixed', 'growing']),
        untilSeconds: seconds,
        waitSeconds: wait,
        factor: v.pipe(v.number(), v.minValue(1)),
      }),
    ),
    v.minLength(1),
  ),
  maxWaitSeconds: v.nullable(wait),
  scanSeconds: v.nullable(period),
  attemptSeconds: seconds,
});

/** Tries that somebody saw, in seconds after the first; what came later is not known. */
const ObservedSchema = v.object({
  kind: v.literal('observed'),
  offsetsSeconds: v.array(seconds),
  thenEverySeconds: v.nullable(wait),
  untilSeconds: v.nullable(seconds),
  /** The sender stopped after the last of them. */
  gaveUp: v.boolean(),
});

const ScheduleSchema = v.variant('kind', [
  StagesSchema,
  GeometricSchema,
  QuadraticSchema,
  WaitRangesSchema,
  AgeBracketsSchema,
  RandomFactorSchema,
  BurstsSchema,
  ScanSchema,
  AgeScanSchema,
  RetryRulesSchema,
  ObservedSchema,
]);

const GiveUpSchema = v.object({
  /** Age after which the mail goes back; null: not known, or by the number of tries alone. */
  seconds: v.nullable(seconds),
  /** `failed-try`: the age is looked at only when a try has failed, so one may still come later. */
  test: v.picklist(['before-try', 'failed-try']),
  confidence: v.picklist(SOURCE_CONFIDENCES),
});

const SettingSchema = v.object({
  name: v.string(),
  where: v.string(),
  /** As one would write it. Null: no default was found. */
  default: v.nullable(v.union([v.string(), v.number(), v.boolean()])),
  unit: v.string(),
  range: v.nullable(v.string()),
  confidence: v.picklist(SOURCE_CONFIDENCES),
  note: v.nullable(v.string()),
  /** Part of the schedule that it sets, as a dotted path; null: none that is modelled. */
  sets: v.nullable(v.string()),
});

/** Whether a remedy holds for mail to one destination alone, or for all mail. */
export const REMEDY_SCOPES = ['destination', 'all'] as const;

/**
 * The setting to change, and how to write that down. Filled in: `{seconds}` `{minutes}`
 * `{timespan}` `{duration}` `{goDuration}` `{domain}`, `{scan}` (seconds) and `{scanDuration}` for
 * the queue scan, `{longest}` for the longest wait; for a list `{list}`, `{quoted}` (each wait in
 * quotes) and `{retries}` (how many retries are made then).
 */
const RemedySchema = v.object({
  setting: v.string(),
  scope: v.picklist(REMEDY_SCOPES),
  /** For a setting that is a rule: the rule. */
  list: v.nullable(v.string()),
  /** The setting is a list of waits, into which a step is put; how its waits are written. */
  insert: v.optional(
    v.object({ unit: v.picklist(['duration', 'suffixed', 'ms']), separator: v.string() }),
  ),
  /** Settings that have to be changed along with it. */
  also: v.optional(v.array(v.object({ setting: v.string(), value: v.string() })), []),
  paste: v.array(
    v.union([
      v.string(),
      /** A line for one of `also`, left out where it stays as it is. */
      v.object({ ifChanged: v.string(), line: v.string() }),
    ]),
  ),
  price: v.string(),
  /** A longer wait than this is advised against: it is the last choice, and the price says so. */
  caution: v.optional(v.object({ above: seconds, says: v.string() })),
});

/** What tries queued mail at once, by hand or from cron. */
const QueueRunSchema = v.object({
  command: v.string(),
  scope: v.picklist(REMEDY_SCOPES),
  /** Lines to paste, with `{cron}` and `{domain}`; null: not to be run by a timer. */
  timer: v.nullable(v.array(v.string())),
  price: v.string(),
  source: v.string(),
  checked: day,
});

export const SenderSchema = v.object({
  id: v.string(),
  name: v.string(),
  /** Null: not known. */
  schedule: v.nullable(ScheduleSchema),
  /** What other documents say of the same sender. */
  otherReadings: v.array(
    v.object({
      says: v.string(),
      schedule: ScheduleSchema,
      confidence: v.picklist(SOURCE_CONFIDENCES),
    }),
  ),
  /** Day on which the source was last read; null for a sender that the user gave. */
  checked: v.nullable(day),
  source: v.string(),
  confidence: v.picklist(SOURCE_CONFIDENCES),
  /** Number of the first retry that is less sure than the rest, and how sure it is. */
  lessSureFrom: v.nullable(
    v.object({ retry: v.pipe(count, v.minValue(1)), confidence: v.picklist(SOURCE_CONFIDENCES) }),
  ),
  giveUp: GiveUpSchema,
  /** Goes on to the next mail host in the same run. Null: not known. */
  nextHostInSameRun: v.nullable(v.boolean()),
  settings: v.array(SettingSchema),
  remedy: v.nullable(RemedySchema),
  queueRun: v.optional(v.nullable(QueueRunSchema), null),
  /** What to do instead, for a sender that never tries again. */
  instead: v.optional(v.array(v.string()), []),
  notes: v.array(v.string()),
});

/** A product that sends by a known program. */
export const AliasSchema = v.object({
  name: v.string(),
  /** Id of the sender. */
  sender: v.string(),
  /** What is inside, in a word. */
  inside: v.string(),
  source: v.string(),
  confidence: v.picklist(SOURCE_CONFIDENCES),
  /** Day on which the source was last read; null where none was. */
  checked: v.nullable(day),
});
export type SenderAlias = v.InferOutput<typeof AliasSchema>;

export type Schedule = v.InferOutput<typeof ScheduleSchema>;
export type GiveUp = v.InferOutput<typeof GiveUpSchema>;
export type SenderSetting = v.InferOutput<typeof SettingSchema>;
export type Sender = v.InferOutput<typeof SenderSchema>;

export type Remedy = v.InferOutput<typeof RemedySchema>;
export type QueueRun = v.InferOutput<typeof QueueRunSchema>;

/** The schedules of one kind. */
export type ScheduleOf<K extends Schedule['kind']> = Extract<Schedule, { kind: K }>;
