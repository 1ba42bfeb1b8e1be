import * as v from 'valibot';
import { KeptReplySchema } from '../core/run/fields.js';
import type { Frozen } from '../model/frozen.js';
import type { Reply, Stage } from '../model/smtp.js';

/** The stages at which a mail host decides. */
export const DECISION_STAGES = ['connect', 'mail', 'rcpt', 'data', 'message'] as const;
export type DecisionStage = (typeof DECISION_STAGES)[number];

/** Parts of a transaction that a greylister can put in its key. */
export const KEY_PARTS = [
  'client',
  'client-network',
  'helo',
  'sender',
  'sender-domain',
  'recipient',
  'message-id',
  'body',
] as const;
export type KeyPart = (typeof KEY_PARTS)[number];

/**
 * How a sender is rewritten before it goes into a key: taken as it came; in lower case; without its
 * `+extension` as well; as Postgrey does it (a BATV tag goes too, and every all-digit word becomes `#`);
 * or as SQLgrey does it, where digits, hex words and the recipient are masked in the automatic
 * whitelist alone.
 */
const SenderNormalisationSchema = v.picklist([
  'none',
  'lower-case',
  'strip-extension',
  'postgrey',
  'sqlgrey-awl',
]);
export type SenderNormalisation = v.InferOutput<typeof SenderNormalisationSchema>;

const seconds = v.pipe(v.number(), v.minValue(0));
const bits = v.pipe(v.number(), v.integer(), v.minValue(0));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));

/** What a greylister does, as data: a model of a product is a few lines of this. */
const GreylisterPolicySchema = v.strictObject({
  key: v.array(v.picklist(KEY_PARTS)),
  /** Bits of the client address that `client-network` keeps; without it /24 and /64. */
  clientNetwork: v.exactOptional(v.strictObject({ ipv4: bits, ipv6: bits })),
  senderNormalisation: SenderNormalisationSchema,
  delaySeconds: seconds,
  /** Age after which a tuple that never passed is forgotten and starts anew; null: never. */
  windowSeconds: v.nullable(seconds),
  /** What the window is counted from; without it the first attempt. */
  windowFrom: v.exactOptional(v.picklist(['first', 'last'])),
  /** How long after its last use a tuple that passed is let through; null: for ever; 0: not remembered. */
  whitelistSeconds: v.nullable(seconds),
  /** What a try before the delay does: nothing, start the wait again, add to the wait, or double it. */
  earlyRetry: v.variant('kind', [
    v.strictObject({ kind: v.literal('harmless') }),
    v.strictObject({ kind: v.literal('restart') }),
    v.strictObject({ kind: v.literal('double') }),
    v.strictObject({ kind: v.literal('penalty'), seconds }),
  ]),
  /** Who is let through at once after this many passes: nobody, the client, the sender (domain) from it. */
  autoWhitelist: v.strictObject({
    scope: v.picklist(['none', 'client', 'client-sender', 'client-sender-domain']),
    afterPasses: count,
    /** Passes closer together than this count once; without it every pass counts. */
    secondsBetweenPasses: v.exactOptional(seconds),
  }),
  /** Seconds to which the server's clock is truncated; 0: exact. */
  clockGranularitySeconds: seconds,
  /** Late tries that are refused before one passes (OpenBSD spamd: 1, seen by a scan). */
  lateTriesNeeded: count,
  /** Seconds between scans that open the way after a late try; 0: at once. */
  scanIntervalSeconds: seconds,
  /** Nothing passes in the session in which it was first seen (Postfix postscreen). */
  newSessionNeeded: v.exactOptional(v.boolean()),
  /** A pass at RCPT is forgotten unless a message follows (relaydelay). */
  passNeedsMessage: v.exactOptional(v.boolean()),
  /** Where the deferral is given. */
  stage: v.picklist(DECISION_STAGES),
  /**
   * What is said. Filled in: `{rcpt}` `{rcpt_domain}` `{sender}` `{sender_domain}` `{client}` `{helo}`
   * `{host}`; seconds `{remaining}` `{delay}`; minutes `{remaining_minutes}` `{delay_minutes}`;
   * `{remaining_hms}` as 00:29:58.
   */
  reply: KeptReplySchema,
  /** What is said from the second refusal on, where it differs. */
  laterReply: v.exactOptional(KeptReplySchema),
  /** Recipients exempt from greylisting, local parts, lower case: postmaster. */
  exemptRecipients: v.array(v.string()),
  /** False: each mail host has its own memory. */
  sharedState: v.boolean(),
});
export type GreylisterPolicy = Frozen<v.InferOutput<typeof GreylisterPolicySchema>>;

/** What differs from another policy, as it is written in a file. `policyWith` checks the rest of it. */
export const PolicyChangesSchema = v.looseObject({
  reply: v.optional(v.partial(KeptReplySchema)),
  /** Codes that are left out are those of the reply. */
  laterReply: v.optional(v.partial(KeptReplySchema)),
});

/** A policy with changes. Throws a `ValiError` whose path is that of the wrong change. */
export function policyWith(
  policy: GreylisterPolicy,
  changes: v.InferInput<typeof PolicyChangesSchema>,
): GreylisterPolicy {
  const reply = { ...policy.reply, ...changes.reply };
  const later = changes.laterReply ?? policy.laterReply;
  return v.parse(GreylisterPolicySchema, {
    ...policy,
    ...changes,
    reply,
    ...(later === undefined ? {} : { laterReply: { ...reply, ...later } }),
  });
}

/** One transaction as the greylister sees it. */
export interface GreylistQuery {
  /** Which mail host asks; hosts share memory or not, as the policy says. */
  readonly host: string;
  readonly client: string;
  /** Empty until the client has said it; so are sender and recipient. */
  readonly helo: string;
  readonly sender: string;
  readonly recipient: string;
  readonly stage: Stage;
  readonly messageId: string | null;
  readonly body: string | null;
  /** Tells sessions apart where the server can. */
  readonly session?: number;
  /** Milliseconds on the server's clock. */
  readonly atMs: number;
}

/** Decides one query after another; null lets the transaction go on. */
export interface Greylister {
  decide(query: GreylistQuery): Reply | null;
}

/** What most greylisters have in common; models of products differ from it in a few lines. */
export const PLAIN_POLICY: GreylisterPolicy = {
  key: ['client', 'sender', 'recipient'],
  senderNormalisation: 'lower-case',
  delaySeconds: 300,
  windowSeconds: 86_400,
  whitelistSeconds: 3_024_000,
  earlyRetry: { kind: 'harmless' },
  autoWhitelist: { scope: 'none', afterPasses: 0 },
  clockGranularitySeconds: 1,
  lateTriesNeeded: 0,
  scanIntervalSeconds: 0,
  stage: 'rcpt',
  reply: { code: 451, enhanced: '4.7.1', text: ['Greylisted, please try again later'] },
  exemptRecipients: [],
  sharedState: false,
};
