import type { DeferralClass } from '../greylist/hypothesis.js';

/** What the words of a refusal say. */
export interface Refusal {
  readonly class: DeferralClass;
  /**
   * `greylisting`: the words name it, and nothing else that is known says the same. `open`: they may
   * mean it. `other`: they name something else.
   */
  readonly says: 'greylisting' | 'open' | 'other';
}

/** How a try ended. `no-answer`: nobody replied; `suspended`: nobody was asked. */
export type ContactOutcome =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'refused'; readonly refusal: Refusal; readonly final: boolean }
  | { readonly kind: 'no-answer'; readonly final: boolean }
  | { readonly kind: 'suspended' };

/** One try of one recipient at one mail host, as a sender's log tells it. Times in seconds. */
export interface Contact {
  /** When the try ended; the stamp of a log may be up to a second earlier than that. */
  readonly at: number;
  /** How long the transaction took, if that is told: the host saw the recipient within that time. */
  readonly durationSeconds: number | null;
  /** From the arrival of the message to the end of this try. */
  readonly sinceArrivalSeconds: number | null;
  /** That rests on the clock of the log, and not on a duration that the sender counted itself. */
  readonly countedByClock: boolean;
  /** The sending machine: log host, instance, or its own address. */
  readonly source: string;
  /** The message, as the source names it for the time being. */
  readonly message: string;
  /** Addresses in lower case. */
  readonly sender: string | null;
  readonly recipient: string;
  /** Name of the host that was asked; null where only its address is known, or nobody was asked. */
  readonly host: string | null;
  readonly address: string | null;
  readonly outcome: ContactOutcome;
}

/** Stamps are cut to whole seconds. */
export const STAMP_SECONDS = 1;

/** A transaction of unknown length is taken to last no longer than this. */
const LONGEST_TRANSACTION_SECONDS = 10;

/** The earliest moment at which the host can have seen the recipient. */
export function seenFrom({ at, durationSeconds }: Pick<Contact, 'at' | 'durationSeconds'>): number {
  return at - (durationSeconds ?? LONGEST_TRANSACTION_SECONDS);
}
