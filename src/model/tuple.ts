/** What greylisters key on (RFC 6647 §2.2): client address, HELO, envelope sender, recipient. */
export interface Tuple {
  /** Short name within the run: `t1`, `t2`, ... */
  readonly id: string;
  /** Source address chosen by the user, or null for the system's choice. */
  readonly client: string | null;
  readonly helo: string;
  readonly sender: string;
  readonly recipient: string;
}

/**
 * first: a tuple's first attempt that starts the measurement. retry: a later attempt of that tuple.
 * control: a fresh tuple at the moment of a retry. confirm: a later attempt of a planted control.
 */
export const ROLES = ['first', 'retry', 'control', 'confirm'] as const;
export type Role = (typeof ROLES)[number];

/** The domain of an envelope sender, in lower case. */
export function senderDomain(sender: string): string {
  return sender.slice(sender.lastIndexOf('@') + 1).toLowerCase();
}
