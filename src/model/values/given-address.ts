import { usageError } from '../errors.js';
import { escapeControl } from './escape.js';

const LONGEST_SHOWN = 80;

/** Marks that word processors put in place of quotes and hyphens, by what they are called. */
const TYPOGRAPHIC: readonly (readonly [marks: RegExp, called: string, meant: string])[] = [
  [/[\u2018-\u201f\u00ab\u00bb\u2039\u203a]/u, 'a typographic quotation mark', "' or nothing"],
  [/[\u2010-\u2015\u2212]/u, 'a typographic dash', '-'],
];

/**
 * The address in what people paste: `Name <a@b>`, `<a@b>`, `mailto:a@b`, with blanks around, gives `a@b`.
 * Typographic quotes and dashes are refused (`typographic-mark`), since they would become part of the
 * address: `‘a@b’` is a domain with a quotation mark in it. The rest is for `parseMailbox` to judge.
 */
export function bareAddress(text: string): string {
  const trimmed = text.trim();
  const named = /^[^<>\r\n]*<(?<inner>[^<>\s]+@[^<>\s]+)>$/u.exec(trimmed)?.groups?.['inner'];
  const address = (named ?? trimmed).replace(MAILTO, '$<address>');
  for (const [marks, called, meant] of TYPOGRAPHIC) {
    const mark = marks.exec(address)?.[0];
    if (mark === undefined) continue;
    throw usageError(
      'typographic-mark',
      `'${shown(address)}' holds ${called} (${mark}), which is no part of an address.`,
      `Write ${meant} in its place: a word processor or a web page has changed it.`,
    );
  }
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
      `'${shown(address)}' is a template of senders, not a recipient.`,
      "Give the recipient first, then the sender: greyprobe probe user@example.org --from 'probe-{nonce}@your.domain'",
    );
  }
  const domain = DOMAIN.exec(address)?.groups?.['domain'];
  if (domain === undefined) return address;
  throw usageError(
    'recipient-is-domain',
    `'${shown(address)}' names a domain, and a probe needs a recipient there.`,
    `Give a real one, as in: greyprobe probe user@${domain} --from 'probe-{nonce}@your.domain'`,
    `To see its mail hosts: greyprobe mx ${domain}`,
  );
}

/** `example.org`, `https://example.org/contact`: no @ before the first slash behind the host. */
const DOMAIN =
  /^(?:[a-z][a-z0-9+.-]*:\/\/)?(?<domain>[a-z0-9_-]+(?:\.[a-z0-9_-]+)+)\.?(?::\d+)?(?:\/.*)?$/iu;

function shown(text: string): string {
  const visible = escapeControl(text);
  return visible.length <= LONGEST_SHOWN ? visible : `${visible.slice(0, LONGEST_SHOWN - 3)}...`;
}
