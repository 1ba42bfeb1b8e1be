import type { Reply, Stage } from '../model/smtp.js';

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

/** How a sender is rewritten before it goes into a key. */
export type SenderNormalisation =
  /** Taken as it came. */
  | 'none'
  | 'lower-case'
  /** Lower case, `+extension` removed. */
  | 'strip-extension'
  /** As strip-extension; a BATV tag goes and every all-digit word becomes `#`. */
  | 'postgrey'
  /** Lower case in the tuple; digits, hex words and the recipient masked in the automatic whitelist. */
  | 'sqlgrey-awl';

/** What a greylister does, as data: a model of a product is a few lines of this. */
export interface GreylisterPolicy {
  readonly key: readonly KeyPart[];
  /** Bits of the client address that `client-network` keeps; without it /24 and /64. */
  readonly clientNetwork?: { readonly ipv4: number; readonly ipv6: number };
  readonly senderNormalisation: SenderNormalisation;
  readonly delaySeconds: number;
  /** Age after which a tuple that never passed is forgotten and starts anew; null: never. */
  readonly windowSeconds: number | null;
  /** What the window is counted from; without it the first attempt. */
  readonly windowFrom?: 'first' | 'last';
  /** How long after its last use a tuple that passed is let through; null: for ever; 0: not remembered. */
  readonly whitelistSeconds: number | null;
  /** What a try before the delay does: nothing, start the wait again, add to the wait, or double it. */
  readonly earlyRetry:
    | { readonly kind: 'harmless' }
    | { readonly kind: 'restart' }
    | { readonly kind: 'double' }
    | { readonly kind: 'penalty'; readonly seconds: number };
  /** Who is let through at once after this many passes: nobody, the client, the sender (domain) from it. */
  readonly autoWhitelist: {
    readonly scope: 'none' | 'client' | 'client-sender' | 'client-sender-domain';
    readonly afterPasses: number;
    /** Passes closer together than this count once; without it every pass counts. */
    readonly secondsBetweenPasses?: number;
    /** How long after its last use the entry lasts; without it as long as `whitelistSeconds`. */
    readonly seconds?: number | null;
  };
  /** Seconds to which the server's clock is truncated; 0: exact. */
  readonly clockGranularitySeconds: number;
  /** Late tries that are refused before one passes (OpenBSD spamd: 1, seen by a scan). */
  readonly lateTriesNeeded: number;
  /** Seconds between scans that open the way after a late try; 0: at once. */
  readonly scanIntervalSeconds: number;
  /** Nothing passes in the session in which it was first seen (Postfix postscreen). */
  readonly newSessionNeeded?: boolean;
  /** A pass at RCPT is forgotten unless a message follows (relaydelay). */
  readonly passNeedsMessage?: boolean;
  /** Where the deferral is given. */
  readonly stage: Exclude<Stage, 'helo' | 'starttls'>;
  /**
   * What is said. Filled in: `{rcpt}` `{rcpt_domain}` `{sender}` `{sender_domain}` `{client}` `{helo}`
   * `{host}`; seconds `{remaining}` `{delay}`; minutes `{remaining_minutes}` `{delay_minutes}`;
   * `{remaining_hms}` as 00:29:58.
   */
  readonly reply: Reply;
  /** What is said from the second refusal on, where it differs. */
  readonly laterReply?: Reply;
  /** Recipients exempt from greylisting, local parts, lower case: postmaster. */
  readonly exemptRecipients: readonly string[];
  /** False: each mail host has its own memory. */
  readonly sharedState: boolean;
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
