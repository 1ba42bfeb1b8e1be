import type { Reply } from '../../model/smtp.js';

/** Characters of a reply that are read; more than any honest reply has. */
const MAX_TEXT = 4096;

const BRACKETED = /<[^<>]{0,400}>/g;
const ADDRESS = /[^\s<>"'(),;:[\]]{1,64}@[^\s<>"'(),;:[\]]{1,255}/g;
const LINK = /\bhttps?:\/\/[^\s<>"]{1,500}/gi;
const HOST_NAME = /\b(?:[a-z0-9_-]{1,63}\.){1,10}[a-z]{2,24}\b/g;

/**
 * The text of a reply in the forms that rules read. All have the same length, so that a place
 * in one is the same place in `original`.
 */
export class ReplyText {
  /** Lines joined by a blank. */
  readonly original: string;
  /** Mail addresses blotted out: `<greylisting@example.org>` says nothing. */
  readonly withoutAddresses: string;
  /** `withoutAddresses` in lower case, for quick looks. */
  readonly lower: string;
  #proseOnly: string | null = null;

  constructor(reply: Reply) {
    this.original = joinLines(reply);
    this.withoutAddresses = blotAddresses(this.original);
    this.lower = lowerSameLength(this.withoutAddresses);
  }

  /** Host names and links blotted out as well. Made when first asked for: most replies need not. */
  get proseOnly(): string {
    this.#proseOnly ??= blotHosts(this.withoutAddresses);
    return this.#proseOnly;
  }
}

/** The lines of a reply as one text, cut to what any honest reply can need. */
export function joinLines(reply: Reply): string {
  const joined = reply.text.length === 1 ? (reply.text[0] ?? '') : reply.text.join(' ');
  return joined.trim().slice(0, MAX_TEXT);
}

function blotAddresses(text: string): string {
  const bare = text.includes('<')
    ? text.replace(BRACKETED, (found) => `<${'_'.repeat(found.length - 2)}>`)
    : text;
  return bare.includes('@') ? bare.replace(ADDRESS, blot) : bare;
}

function blotHosts(text: string): string {
  return text.includes('.') ? text.replace(LINK, blot).replace(HOST_NAME, blot) : text;
}

function blot(found: string): string {
  return '_'.repeat(found.length);
}

/** A few letters (İ) grow when lowered; places must stay the same. */
function lowerSameLength(text: string): string {
  const lower = text.toLowerCase();
  return lower.length === text.length ? lower : text;
}
