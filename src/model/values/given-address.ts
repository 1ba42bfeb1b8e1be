import { usageError } from '../errors.js';
import { excerpt } from './escape.js';
import { refuseTypographic } from './typographic.js';

/**
 * The address in what people paste: `Name <a@b>`, `<a@b>`, `mailto:a@b`, with blanks around, gives `a@b`.
 * Typographic quotes and dashes are refused (`typographic-mark`), since they would become part of the
 * address: `‘a@b’` is a domain with a quotation mark in it. The rest is for `parseMailbox` to judge.
 */
export function bareAddress(text: string): string {
  const trimmed = text.trim();
  const named = /^[^<>\r\n]*<(?<inner>[^<>\s]+@[^<>\s]+)>$/u.exec(trimmed)?.groups?.['inner'];
  const address = (named ?? trimmed).replace(MAILTO, '$<address>');
  refuseTypographic(address, 'an address');
  return address;
}

/** A link, without its `?subject=...`. */
const MAILTO = /^mailto:(?<address>[^?]*)(?:\?.*)?$/iu;

/**
 * The recipient in what was given. Throws a usage error for what is plainly something else: a template of
 * senders (`recipient-is-sender`), a domain or a URL (`recipient-is-domain`).
 */
export function bareRecipient(text: string): string {
  const address = bareAddress(text);
  if (address.includes('{nonce}')) {
    throw usageError(
      'recipient-is-sender',
      `'${excerpt(address)}' is a template of senders, not a recipient.`,
      "Give the recipient first, then the sender: greyprobe probe user@example.org --from 'probe-{nonce}@your.domain'",
    );
  }
  const domain = bareDomain(address);
  if (domain === null) return address;
  throw usageError(
    'recipient-is-domain',
    `'${excerpt(address)}' names a domain, and a probe needs a recipient there.`,
    `Give a real one, as in: greyprobe probe user@${domain} --from 'probe-{nonce}@your.domain'`,
    `To see its mail hosts: greyprobe mx ${domain}`,
  );
}

/** The domain in what is a domain or a URL; null where it is something else. */
function bareDomain(text: string): string | null {
  return DOMAIN.exec(text)?.groups?.['domain'] ?? null;
}

/**
 * What mail hosts are asked for in what people have at hand: an address as `bareAddress` reads it, and of a URL,
 * `https://example.org/contact`, its domain.
 */
export function bareTarget(text: string): string {
  const target = bareAddress(text);
  return target.includes('/') ? (bareDomain(target) ?? target) : target;
}

/** `example.org`, `https://example.org/contact`: no @ before the first slash behind the host. */
const DOMAIN =
  /^(?:[a-z][a-z0-9+.-]*:\/\/)?(?<domain>[a-z0-9_-]+(?:\.[a-z0-9_-]+)+)\.?(?::\d+)?(?:\/.*)?$/iu;
