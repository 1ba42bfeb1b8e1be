import type { GreylisterPolicy } from '../greylister-policy.js';
import type { Dialogue } from '../mail-host-behaviour.js';

/**
 * A greylister as far as it is known: shipped defaults, so a model and not the product. Where
 * nothing was known something had to be assumed, and `assumed` says what.
 */
export interface GreylisterModel {
  /** The catalogue's id; a variant adds a word to it. */
  readonly id: string;
  readonly name: string;
  /** What a prober should know and the policy does not say. */
  readonly note: string;
  readonly assumed: readonly string[];
  readonly policy: GreylisterPolicy;
  readonly dialogue: Partial<Dialogue>;
}

/** One entry of the tables: only what differs from a plain greylister. */
export interface ModelEntry {
  readonly id: string;
  readonly name: string;
  readonly note: string;
  readonly assumed?: readonly string[];
  readonly policy: Partial<GreylisterPolicy> & Pick<GreylisterPolicy, 'reply'>;
  readonly dialogue?: Partial<Dialogue>;
}

/** Seconds, so that the tables can be read. */
export const MINUTE = 60;
export const HOUR = 3_600;
export const DAY = 86_400;

/** A reply of one line. */
export function says(
  code: number,
  enhanced: string | null,
  text: string,
): GreylisterPolicy['reply'] {
  return { code, enhanced, text: [text] };
}

/** A reply of a Postfix policy service: Postfix puts its own words before the service's. */
export function postfixSays(
  code: number,
  enhanced: string,
  text: string,
): GreylisterPolicy['reply'] {
  return says(code, enhanced, `<{rcpt}>: Recipient address rejected: ${text}`);
}
