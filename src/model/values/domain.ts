import { isIP, isIPv4, isIPv6 } from 'node:net';
import { domainToASCII } from 'node:url';
import { type GreyprobeError, usageError } from '../errors.js';
import { excerpt } from './escape.js';

/** RFC 1035 §2.3.4: 255 octets on the wire are at most 253 characters of text. */
const MAX_DOMAIN_LENGTH = 253;
const MAX_LABEL_LENGTH = 63;
/** No domain is longer in Unicode than this many characters; longer text is not worth converting. */
const MAX_TEXT_LENGTH = 1024;

/** Never echoed: they could change what the terminal shows. */
export const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;
/**
 * Invisible, but domains of some scripts are spelt with them (RFC 5892 §A.1, §A.2). The converter
 * knows where they may stand.
 */
const JOINERS = /[\u200c\u200d]/gu;

/** Where mail for a recipient goes: to the mail hosts of a domain, or to one address. */
export type MailDomain =
  | { readonly kind: 'domain'; readonly domain: string }
  | { readonly kind: 'address'; readonly address: string };

/**
 * Reads a mail domain and gives it in A-labels, lower case, without a trailing dot.
 *
 * Letters, digits and hyphens only (RFC 5321 §2.3.5); other scripts are converted (UTS 46).
 * Throws a usage error (`bad-domain`) with one sentence that says what is wrong.
 */
export function parseDomain(text: string): string {
  if (text === '') throw bad('The domain is empty.');
  if (text.length > MAX_TEXT_LENGTH) throw bad('The domain is far too long.');
  if (hasHidden(text)) throw bad('The domain contains a control or invisible character.');
  const shown = excerpt(text);
  if (/\s/u.test(text)) throw bad(`The domain '${shown}' contains a space.`);
  if (text.includes('@')) {
    throw bad(`'${shown}' is not a domain: it contains an '@'.`);
  }
  if (isIP(text) !== 0) {
    if (text.includes('%')) {
      throw bad(`'${shown}' is an address with a zone, which no address literal can have.`);
    }
    const literal = isIPv4(text) ? `[${text}]` : `[IPv6:${text}]`;
    throw bad(`'${shown}' is an address, not a domain.`, `Write an address as ${literal}.`);
  }
  const ascii = toAscii(text, shown);
  const domain = ascii.endsWith('.') ? ascii.slice(0, -1) : ascii;
  checkLabels(domain, shown);
  return domain;
}

/**
 * Reads what stands after the '@' of a recipient: a domain, or an address literal
 * (RFC 5321 §4.1.3) such as `[192.0.2.1]` and `[IPv6:2001:db8::1]`. A bare address is taken too.
 * Throws a usage error (`bad-domain`).
 */
export function parseMailDomain(text: string): MailDomain {
  if (isIP(text) !== 0 && !text.includes('%')) return { kind: 'address', address: text };
  if (!text.startsWith('[')) return { kind: 'domain', domain: parseDomain(text) };
  const inside = /^\[(?:([Ii][Pp][Vv]6):)?([0-9A-Fa-f.:]+)\]$/u.exec(text);
  const address = inside?.[2] ?? '';
  if (inside?.[1] === undefined ? isIPv4(address) : isIPv6(address)) {
    return { kind: 'address', address };
  }
  throw bad(
    HIDDEN.test(text)
      ? 'The address literal contains a control or invisible character.'
      : `'${excerpt(text)}' is not an address literal.`,
    'Write it as [192.0.2.1] or [IPv6:2001:db8::1].',
  );
}

/**
 * Reads what people have at hand when they ask for mail hosts: a domain, a mail address (its
 * domain counts), or an address with or without brackets. Throws a usage error (`bad-domain`).
 */
export function parseMailTarget(text: string): MailDomain {
  const at = text.lastIndexOf('@');
  if (at === 0) throw bad("There is no local part before the '@'.");
  if (at === text.length - 1 && at > 0) throw bad("There is no domain after the '@'.");
  return parseMailDomain(text.slice(at + 1));
}

/** Whether a domain has characters that cannot be seen and that no domain is spelt with. */
export function hasHidden(text: string): boolean {
  return HIDDEN.test(text.replace(JOINERS, ''));
}

/** Host names in MX records may be sloppier than mail domains: underscores are seen in the wild. */
export function isUsableHostName(name: string): boolean {
  if (name.length === 0 || name.length > MAX_DOMAIN_LENGTH) return false;
  return name.split('.').every((label) => /^(?!-)[A-Za-z0-9_-]{1,63}(?<!-)$/u.test(label));
}

function toAscii(text: string, shown: string): string {
  // Plain names are not converted: the converter would read `1.2.3` as an IPv4 address.
  const plain = text.toLowerCase();
  if (/^[\x21-\x7e]*$/u.test(text) && !/(?:^|\.)xn--/u.test(plain)) return plain;
  // The converter also decodes %61, so what is not a letter, digit, hyphen or dot must go first.
  const stray = /[^\P{ASCII}A-Za-z0-9.-]/u.exec(text)?.[0];
  if (stray !== undefined) throw strayCharacter(stray, shown);
  const ascii = domainToASCII(text);
  if (ascii === '') throw bad(`'${shown}' is not a valid international domain name.`);
  return ascii;
}

function checkLabels(domain: string, shown: string): void {
  if (domain === '') throw bad(`'${shown}' is the root of the DNS, not a mail domain.`);
  if (domain.length > MAX_DOMAIN_LENGTH) {
    throw bad(
      `The domain '${shown}' has ${domain.length} characters; ${MAX_DOMAIN_LENGTH} are allowed.`,
    );
  }
  const labels = domain.split('.');
  for (const label of labels) checkLabel(label, shown);
  if (/^\d+$/u.test(labels.at(-1) ?? '')) {
    throw bad(`'${shown}' is not a domain: its last part is a number.`);
  }
}

function checkLabel(label: string, shown: string): void {
  if (label === '') throw bad(`The domain '${shown}' has an empty part: two dots in a row.`);
  const stray = /[^a-z0-9-]/u.exec(label)?.[0];
  if (stray !== undefined) throw strayCharacter(stray, shown);
  if (label.length > MAX_LABEL_LENGTH) {
    throw bad(
      `A part of the domain '${shown}' has ${label.length} characters; ${MAX_LABEL_LENGTH} are allowed.`,
    );
  }
  if (label.startsWith('-') || label.endsWith('-')) {
    throw bad(`A part of the domain '${shown}' begins or ends with a hyphen.`);
  }
}

function strayCharacter(character: string, shown: string): GreyprobeError {
  return bad(`The domain '${shown}' contains '${character}', which no mail domain may have.`);
}

function bad(message: string, ...suggestions: readonly string[]): GreyprobeError {
  return usageError('bad-domain', message, ...suggestions);
}
