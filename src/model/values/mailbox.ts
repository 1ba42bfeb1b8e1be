import { isIPv4 } from 'node:net';
import { type GreyprobeError, usageError } from '../errors.js';
import { HIDDEN, hasHidden, parseMailDomain } from './domain.js';
import { excerpt } from './escape.js';

/** An address that is safe to put on a command line of SMTP. */
export interface Mailbox {
  /** As given, quotes included. */
  readonly localPart: string;
  /** Domain in A-labels, or an address literal with its brackets. */
  readonly domain: string;
  /** The address inside an address literal, or null for a domain. */
  readonly literalAddress: string | null;
  /** `localPart@domain`. */
  readonly address: string;
  /** The local part is not ASCII: only a server that offers SMTPUTF8 takes it (RFC 6531). */
  readonly needsSmtpUtf8: boolean;
}

/** RFC 5321 §4.5.3.1.1, in octets. */
const MAX_LOCAL_PART_OCTETS = 64;
/** RFC 5321 §4.5.3.1.3: a path has 256 octets, of which the angle brackets take two. */
const MAX_ADDRESS_OCTETS = 254;
/** `atext` of RFC 5322 §3.2.3 with the non-ASCII characters of RFC 6531 §3.3. */
const ATOM = /^[a-z0-9!#$%&'*+/=?^_`{|}~\u0080-\u{10ffff}-]+$/iu;
const NOT_ATOM = /[^a-z0-9!#$%&'*+/=?^_`{|}~.\u0080-\u{10ffff}-]/iu;
/** A quoted local part without anything that ends a quote early: no quote and no backslash. */
const HARMLESS_QUOTED = /^"[^"\\]+"$/u;

/**
 * Reads an address: `user@example.org`, `user@[192.0.2.1]`, `"odd,name"@example.org`.
 *
 * Lengths are those of RFC 5321 §4.5.3.1. No control characters, spaces or angle brackets, so that
 * it can never end a command. Throws a usage error (`bad-address`, `null-sender`, `bad-domain`)
 * with one sentence that says what is wrong.
 */
export function parseMailbox(text: string): Mailbox {
  checkCharacters(text);
  const at = text.lastIndexOf('@');
  if (at === -1) {
    throw bad(
      `'${excerpt(text)}' has no @, so it is not an address.`,
      'Write it as user@example.org.',
    );
  }
  const localPart = text.slice(0, at);
  checkLocalPart(localPart, text);
  if (at === text.length - 1) throw bad(`'${excerpt(text)}' has no domain after the @.`);
  const { domain, literalAddress } = domainOf(text.slice(at + 1));
  const address = `${localPart}@${domain}`;
  if (octets(address) > MAX_ADDRESS_OCTETS) {
    throw bad(
      `The address '${excerpt(text)}' has ${octets(address)} bytes; ${MAX_ADDRESS_OCTETS} are allowed.`,
    );
  }
  const needsSmtpUtf8 = /[^\p{ASCII}]/u.test(localPart);
  return { localPart, domain, literalAddress, address, needsSmtpUtf8 };
}

function checkCharacters(text: string): void {
  if (text === '') throw bad('The address is empty.');
  if (/^<\s*>$/u.test(text)) {
    throw usageError(
      'null-sender',
      'The null sender <> cannot be used: greylisting often exempts it, so nothing would be measured.',
      'Give an address, for example probe@your-domain.example.',
    );
  }
  if (/[\r\n]/u.test(text)) throw bad('The address contains a line break.');
  const at = text.lastIndexOf('@');
  if (HIDDEN.test(text.slice(0, at + 1)) || hasHidden(text.slice(at + 1))) {
    throw bad('The address contains a control or invisible character.');
  }
  if (/\s/u.test(text)) throw bad(`The address '${excerpt(text)}' contains a space.`);
  if (/[<>]/u.test(text)) {
    throw bad(
      `The address '${excerpt(text)}' contains an angle bracket.`,
      'Give the address alone.',
    );
  }
}

function checkLocalPart(localPart: string, text: string): void {
  if (localPart === '') throw bad(`'${excerpt(text)}' has nothing before the @.`);
  const size = octets(localPart);
  if (size > MAX_LOCAL_PART_OCTETS) {
    throw bad(
      `The part of '${excerpt(text)}' before the @ has ${size} bytes; ${MAX_LOCAL_PART_OCTETS} are allowed.`,
    );
  }
  if (HARMLESS_QUOTED.test(localPart)) return;
  if (localPart.startsWith('"')) {
    throw bad(
      `The quoted part of '${excerpt(text)}' contains a quote or a backslash, or does not end.`,
    );
  }
  const stray = NOT_ATOM.exec(localPart)?.[0];
  if (stray !== undefined) {
    throw bad(
      `'${excerpt(text)}' contains '${stray}' before the @, which needs quotes around the part.`,
    );
  }
  if (!localPart.split('.').every((atom) => ATOM.test(atom))) {
    throw bad(
      `The part of '${excerpt(text)}' before the @ begins or ends with a dot, or has two dots in a row.`,
    );
  }
}

function domainOf(text: string): Pick<Mailbox, 'domain' | 'literalAddress'> {
  const parsed = parseMailDomain(text);
  if (parsed.kind === 'domain') return { domain: parsed.domain, literalAddress: null };
  return { domain: addressLiteral(parsed.address), literalAddress: parsed.address };
}

/** An address as RFC 5321 §4.1.3 writes it: `[192.0.2.1]`, `[IPv6:2001:db8::1]`. */
export function addressLiteral(address: string): string {
  return isIPv4(address) ? `[${address}]` : `[IPv6:${address}]`;
}

function octets(text: string): number {
  return Buffer.byteLength(text);
}

function bad(message: string, ...suggestions: readonly string[]): GreyprobeError {
  return usageError('bad-address', message, ...suggestions);
}
