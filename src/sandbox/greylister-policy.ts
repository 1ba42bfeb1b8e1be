import type { Reply, Stage } from '../model/smtp.js';

/** Parts of a transaction that a greylister can put in its key. */
export type KeyPart =
  | 'client'
  | 'client-network'
  | 'helo'
  | 'sender'
  | 'sender-domain'
  | 'recipient'
  | 'message-id'
  | 'body';

/** What a greylister does, as data: a model of a product is a few lines of this. */
export interface GreylisterPolicy {
  readonly key: readonly KeyPart[];
  /** How the sender is rewritten before it goes into the key. */
  readonly senderNormalisation:
    | 'none'
    | 'lower-case'
    | 'strip-extension'
    | 'postgrey'
    | 'sqlgrey-awl';
  readonly delaySeconds: number;
  /** Age after which a tuple that never passed is forgotten and starts anew; null: never. */
  readonly windowSeconds: number | null;
  /** How long a tuple that passed is let through; null: for ever; 0: not remembered. */
  readonly whitelistSeconds: number | null;
  /** What a try before the delay does: nothing, start the wait again, or add to the wait. */
  readonly earlyRetry:
    | { readonly kind: 'harmless' }
    | { readonly kind: 'restart' }
    | { readonly kind: 'penalty'; readonly seconds: number };
  /** Who is let through at once after this many passes: nobody, the client, the sender (domain) from it. */
  readonly autoWhitelist: {
    readonly scope: 'none' | 'client' | 'client-sender' | 'client-sender-domain';
    readonly afterPasses: number;
  };
  /** Seconds to which the server's clock is truncated; 0: exact. */
  readonly clockGranularitySeconds: number;
  /** Late tries that are refused before one passes (OpenBSD spamd: 1, seen by a scan). */
  readonly lateTriesNeeded: number;
  /** Seconds between scans that open the way after a late try; 0: at once. */
  readonly scanIntervalSeconds: number;
  /** Where the deferral is given. */
  readonly stage: Exclude<Stage, 'helo' | 'starttls'>;
  /** What is said. `{rcpt}` `{sender}` `{client}` `{remaining}` `{delay}` ... are filled in. */
  readonly reply: Reply;
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
  readonly helo: string;
  readonly sender: string;
  readonly recipient: string;
  readonly stage: Stage;
  readonly messageId: string | null;
  readonly body: string | null;
  /** Milliseconds on the server's clock. */
  readonly atMs: number;
}

/** Decides one query after another; null lets the transaction go on. */
export interface Greylister {
  decide(query: GreylistQuery): Reply | null;
}
