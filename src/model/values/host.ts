import { isIP } from 'node:net';
import { usageError } from '../errors.js';
import { parseDomain, parseMailDomain } from './domain.js';
import { refuseTypographic } from './typographic.js';

/**
 * Reads a mail host that the user names: a name, an address, or an address literal as mail addresses
 * have it. Gives the name in A-labels, or the bare address.
 * Throws a usage error (`bad-host`, `bad-domain`) with one sentence that says what is wrong.
 */
export function parseHost(text: string): string {
  refuseTypographic(text, 'a name');
  if (isIP(text) !== 0) return text;
  if (/^[\x21-\x7e]+:\d{1,5}$/u.test(text)) {
    throw usageError('bad-host', `The host '${text}' has a port with it.`, 'Give it with --port.');
  }
  if (!text.startsWith('[')) return parseDomain(text);
  const literal = parseMailDomain(text);
  return literal.kind === 'address' ? literal.address : literal.domain;
}
