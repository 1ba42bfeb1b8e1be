import * as v from 'valibot';
import { STAGES } from '../../../model/smtp.js';
import { DEFERRAL_CLASSES, HINT_MEANINGS } from '../hypothesis.js';

/*
 * One entry of the catalogue: a product that greylists, or a reply that looks as if one did.
 * Times are shipped defaults, so they are priors and never measurements; null means not known.
 */

const seconds = v.nullable(v.pipe(v.number(), v.integer(), v.minValue(0)));
const sentence = v.pipe(v.string(), v.minLength(3), v.maxLength(400));

/** A pattern that compiles, and whose repeats are all bounded, so that it runs in linear time. */
const textPattern = v.pipe(
  v.string(),
  v.minLength(2),
  v.check(compiles, 'not a regular expression'),
  v.check((source) => !hasUnboundedRepeat(source), 'use {0,n} where you would use * or +'),
);

const SignatureSchema = v.strictObject({
  /** Basic code; `x` stands for any digit. */
  code: v.pipe(v.string(), v.regex(/^[45][0-9x]{2}$/)),
  /** Enhanced code; null: the reply has none; `*`: any or none. */
  enhanced: v.nullable(v.pipe(v.string(), v.regex(/^(?:[45]\.\d{1,3}\.\d{1,3}|\*)$/))),
  /** Regular expression over the text without codes; case does not matter, a space is any blank. */
  textPattern,
  /** Where the reply is given; empty: anywhere. */
  stages: v.array(v.picklist(STAGES)),
  /** The reply's text, with placeholders in braces. */
  sample: v.pipe(v.string(), v.minLength(2)),
  /** True: nothing else known says this. False: too general to tell by itself. */
  distinctive: v.boolean(),
  /** Where this reply means something other than the entry does. */
  class: v.optional(v.picklist(DEFERRAL_CLASSES)),
  /** What a waiting time in this reply means. */
  hint: v.optional(v.picklist(HINT_MEANINGS)),
});

/** What a product keys on; the words of RFC 6647 and finer ones. */
const KEY_WORDS = [
  'client',
  'client-network',
  'client-name',
  'helo',
  'sender',
  'sender-domain',
  'recipient',
  'message-id',
  'body',
] as const;

/**
 * What passes open besides their own tuple.
 * Postgrey, 5 tries an hour apart of one client: that client passes at once for 35 days after its last use.
 */
const AutoWhitelistSchema = v.strictObject({
  /** How many passes it takes; null: as the site sets it. */
  afterPasses: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1))),
  /** What counts as one: each try that passes, each sender, or each tuple. */
  counted: v.picklist(['tries', 'senders', 'tuples']),
  /** Passes nearer to the last counted one than this do not count. */
  apartSeconds: v.pipe(v.number(), v.integer(), v.minValue(0)),
  /** What the passes have in common, and what is let through from then on. */
  of: v.pipe(v.array(v.picklist(KEY_WORDS)), v.minLength(1)),
  /** How long after its last use; null: no end is known. */
  lastsSeconds: seconds,
  /** On as shipped. */
  shipped: v.boolean(),
  note: v.nullable(sentence),
});

const WhitelistsSchema = v.nullable(v.array(AutoWhitelistSchema));

export const CatalogueEntrySchema = v.strictObject({
  id: v.pipe(v.string(), v.regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/)),
  name: v.pipe(v.string(), v.minLength(2)),
  kind: v.picklist(['greylister', 'look-alike']),
  class: v.picklist(DEFERRAL_CLASSES),
  /** Empty where nobody read the text. */
  signatures: v.array(SignatureSchema),
  delaySeconds: seconds,
  windowSeconds: seconds,
  whitelistSeconds: seconds,
  /** Empty: a pass opens its own tuple alone. Null: not known. */
  autoWhitelist: v.optional(WhitelistsSchema, null),
  key: v.strictObject({
    parts: v.array(v.picklist(KEY_WORDS)),
    note: v.nullable(sentence),
  }),
  /** What a retry before the delay does. `extends`: it lengthens the retry window. */
  earlyRetry: v.strictObject({
    effect: v.picklist(['harmless', 'restart', 'penalty', 'extends', 'unknown']),
    note: v.nullable(sentence),
  }),
  /** Whether several mail hosts of one site share what they remember. */
  state: v.picklist(['per-host', 'shared', 'configurable', 'unknown']),
  hint: v.nullable(v.strictObject({ shape: sentence, meaning: v.picklist(HINT_MEANINGS) })),
  /** What misleads a probe, or what tells the entry from greylisting. */
  traps: v.array(sentence),
  /** Day on which the source was last read. */
  checked: v.pipe(v.string(), v.regex(/^\d{4}-\d{2}-\d{2}$/)),
  source: sentence,
  /** Read in the program's source, read in documentation or reports, or remembered. */
  confidence: v.picklist(['source', 'docs', 'memory']),
});

export const CatalogueSchema = v.array(CatalogueEntrySchema);

/** An entry as it is printed; older versions did not print all of it. */
export const PrintedEntrySchema = v.strictObject({
  ...CatalogueEntrySchema.entries,
  autoWhitelist: v.optional(WhitelistsSchema),
  checked: v.optional(CatalogueEntrySchema.entries.checked),
});

export type AutoWhitelist = v.InferOutput<typeof AutoWhitelistSchema>;
export type Signature = v.InferOutput<typeof SignatureSchema>;
export type CatalogueEntry = v.InferOutput<typeof CatalogueEntrySchema>;

function compiles(source: string): boolean {
  try {
    return new RegExp(source, 'i') instanceof RegExp;
  } catch {
    return false;
  }
}

/** `*`, `+` or `{n,}` outside a character class. */
function hasUnboundedRepeat(source: string): boolean {
  const bare = source.replace(/\\./g, '').replace(/\[[^\]]*\]/g, '');
  return /[*+]|\{\d+,\}/.test(bare);
}
