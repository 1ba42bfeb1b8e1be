import { isIP } from 'node:net';
import { GreyprobeError, usageError } from '../errors.js';
import { type MailDomain, parseMailDomain } from './domain.js';
import { addressLiteral } from './mailbox.js';
import { refuseTypographic } from './typographic.js';

/**
 * Reads a name for EHLO and HELO: a fully qualified domain name, or an address literal
 * (RFC 5321 §4.1.1.1). Gives A-labels in lower case, or the literal with its brackets.
 * Throws a usage error (`bad-helo`) with one sentence that says what is wrong.
 */
export function parseHelo(text: string): string {
  refuseTypographic(text, 'a name');
  if (isIP(text) !== 0) {
    throw usageError(
      'bad-helo',
      `The HELO name '${text}' is a bare address.`,
      `Write it as ${addressLiteral(text)}, or better give the name of the sending host.`,
    );
  }
  const name = parsed(text);
  if (name.kind === 'address') return addressLiteral(name.address);
  if (!name.domain.includes('.')) {
    throw usageError(
      'bad-helo',
      `The HELO name '${name.domain}' is not fully qualified: it has no dot.`,
      'Give the full name of the sending host, as in mail.example.org.',
    );
  }
  return name.domain;
}

function parsed(text: string): MailDomain {
  try {
    return parseMailDomain(text);
  } catch (error) {
    if (!(error instanceof GreyprobeError)) throw error;
    throw usageError(
      'bad-helo',
      `This HELO name cannot be used. ${error.message}`,
      ...error.suggestions,
    );
  }
}
