import { usageError } from '../../model/errors.js';
import { escapeControl } from '../../model/values/escape.js';
import { bareAddress } from '../../model/values/given-address.js';
import { parseMailbox } from '../../model/values/mailbox.js';
import type { SenderPool } from './request.js';

const NONCE = '{nonce}';
const DATE = '{date}';
const MOST_ADDRESSES = 500;
const LONGEST_SHOWN = 80;

/**
 * Senders with the day for `{date}`, in UTC: a host that whitelists sender domains knows none of a night
 * before. `p-{nonce}@n{date}.example.org -> p-{nonce}@n20261130.example.org`
 */
export function ofDay(text: string, wallMs: number): string {
  return text.replaceAll(DATE, new Date(wallMs).toISOString().slice(0, 10).replaceAll('-', ''));
}

/**
 * Reads `--from`: one address, several with commas between, or a template with `{nonce}`. Other braces
 * are refused, though an address may hold them: they are a `{nonce}` that was mistyped.
 * Throws a usage error (`bad-address`, `bad-sender`) that names the part which is wrong.
 */
export function parseSenderPool(text: string): SenderPool {
  const parts = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map(bareAddress);
  const [first] = parts;
  if (first === undefined) {
    throw usageError('bad-sender', '--from is empty: the null sender cannot be used.', ADVICE);
  }
  const mistyped = parts.find((part) => /[{}]/u.test(part.replaceAll(NONCE, '')));
  if (mistyped !== undefined) {
    throw usageError(
      'bad-sender',
      `'${escapeControl(mistyped.slice(0, LONGEST_SHOWN))}' has braces that are not those of {nonce} or {date}.`,
      ADVICE,
    );
  }
  if (parts.some((part) => part.includes(NONCE))) return parseTemplate(parts);
  if (parts.length > MOST_ADDRESSES) {
    throw usageError('bad-sender', `--from lists more than ${MOST_ADDRESSES} addresses.`, ADVICE);
  }
  const addresses = parts.map((part) => parseMailbox(part).address);
  return { kind: 'list', addresses: [...new Set(addresses)] };
}

const ADVICE =
  "Give one address, several with commas, or a template such as 'probe-{nonce}@example.org'.";

function parseTemplate(parts: readonly string[]): SenderPool {
  const [template] = parts;
  if (template === undefined || parts.length > 1) {
    throw usageError('bad-sender', '--from takes one template with {nonce}, or a list.', ADVICE);
  }
  const at = template.lastIndexOf('@');
  if (template.lastIndexOf(NONCE) > at) {
    throw usageError('bad-sender', '{nonce} must stand before the @.', ADVICE);
  }
  // A nonce is a word of letters, so any such word shows whether the template gives an address.
  const example = parseMailbox(template.replaceAll(NONCE, 'qzkwtrhmgv'));
  const localPart = template.slice(0, at);
  return { kind: 'template', template: `${localPart}@${example.domain}` };
}
