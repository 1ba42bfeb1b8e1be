import type { Reply } from '../model/smtp.js';

/** Characters of a reply that are read; more than any honest reply has. */
export const MAX_TEXT = 4096;

/**
 * The text of a reply in the forms that rules read. All have the same length, so that a place
 * in one is the same place in `original`.
 */
export interface ReplyText {
  /** Lines joined by a blank. */
  readonly original: string;
  /** Mail addresses blotted out: `<greylisting@example.org>` says nothing. */
  readonly withoutAddresses: string;
  /** Host names and links blotted out as well. */
  readonly proseOnly: string;
  /** `withoutAddresses` in lower case, for quick looks. */
  readonly lower: string;
}

const ADDRESS = /<[^<>]{0,400}>|[^\s<>"'(),;:[\]]{1,64}@[^\s<>"'(),;:[\]]{1,255}/g;
const LINK = /\bhttps?:\/\/[^\s<>"]{1,500}/gi;
const HOST_NAME = /\b(?:[a-z0-9_-]{1,63}\.){1,10}[a-z]{2,24}\b/g;

export function readText(reply: Reply): ReplyText {
  const joined = reply.text.length === 1 ? (reply.text[0] ?? '') : reply.text.join(' ');
  const trimmed = joined.trim();
  const original = trimmed.length > MAX_TEXT ? trimmed.slice(0, MAX_TEXT) : trimmed;
  const withoutAddresses = /[<@]/.test(original) ? original.replace(ADDRESS, blot) : original;
  return {
    original,
    withoutAddresses,
    proseOnly: withoutAddresses.includes('.')
      ? withoutAddresses.replace(LINK, blot).replace(HOST_NAME, blot)
      : withoutAddresses,
    lower: lowerSameLength(withoutAddresses),
  };
}

function blot(found: string): string {
  return found.startsWith('<') ? `<${'_'.repeat(found.length - 2)}>` : '_'.repeat(found.length);
}

/** A few letters (İ) grow when lowered; places must stay the same. */
function lowerSameLength(text: string): string {
  const lower = text.toLowerCase();
  return lower.length === text.length ? lower : text;
}
