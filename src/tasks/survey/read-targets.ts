import type { SurveyTarget } from '../../core/survey/events.js';
import { GreyprobeError, retold, usageError } from '../../model/errors.js';
import { parseDomain } from '../../model/values/domain.js';
import { escapeControl } from '../../model/values/escape.js';
import { bareAddress } from '../../model/values/given-address.js';
import { parseMailbox } from '../../model/values/mailbox.js';

export interface ReadTargetsOptions {
  /** Names the list in messages. */
  readonly shown: string;
  /** A bare domain means postmaster@ there. */
  readonly postmaster: boolean;
}

/**
 * The targets of a list: a line each, a recipient, or `recipient,label,...` as CSV, whose first line may
 * name its columns. Empty lines and what follows a `#` at the beginning of one are passed over; of equal
 * recipients the first counts. Throws a usage error that names the line.
 *
 *     user@example.org,customer 17     recipient user@example.org, label "customer 17"
 */
export function readTargets(
  lines: Iterable<string>,
  { shown, postmaster }: ReadTargetsOptions,
): readonly SurveyTarget[] {
  const targets = new Map<string, SurveyTarget>();
  let number = 0;
  for (const line of lines) {
    number += 1;
    const [first = '', label = ''] = cellsOf(line);
    if (first === '' || first.startsWith('#')) continue;
    if (targets.size === 0 && /^(?:recipient|e-?mail|address)$/iu.test(first)) continue;
    const at = `${shown}:${number}`;
    const { recipient, domain } = named(at, () => targetOf(first, postmaster));
    if (targets.has(recipient)) continue;
    targets.set(recipient, {
      n: targets.size,
      recipient,
      domain,
      label: label === '' ? null : label,
    });
  }
  if (targets.size > 0) return [...targets.values()];
  throw usageError(
    'no-targets',
    `Nothing to survey: ${shown} names no recipient.`,
    'Give a line for each: user@example.org, or user@example.org,label',
  );
}

function targetOf(given: string, postmaster: boolean): { recipient: string; domain: string } {
  const text = bareAddress(given);
  if (!text.includes('@')) {
    const domain = parseDomain(text);
    if (postmaster) return { recipient: `postmaster@${domain}`, domain };
    throw usageError(
      'bare-domain',
      `${escapeControl(domain)} is a domain, and greylisting is asked about a recipient.`,
      'Name a recipient there who exists and agrees: an account of yours, or of who asked you.',
      '--postmaster takes postmaster@ for each domain; many hosts exempt it, so that less is found.',
    );
  }
  const { address, domain, literalAddress } = parseMailbox(text);
  return { recipient: address, domain: literalAddress ?? domain };
}

function named<T>(at: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw error instanceof GreyprobeError ? retold(error, `${at}: ${error.message}`) : error;
  }
}

/** The first two cells of a line of CSV (RFC 4180). A local part may be quoted itself: `"a b"@example.org`. */
function cellsOf(line: string): readonly string[] {
  const cells: string[] = [];
  let rest = line.replace(/^\ufeff/u, '').trim();
  while (cells.length < 2 && rest !== '') {
    const quoted = /^"((?:[^"]|"")*)"\s*(?:,|$)/u.exec(rest);
    const [whole, cell] = quoted ?? /^([^,]*)(?:,|$)/u.exec(rest) ?? ['', ''];
    cells.push((quoted === null ? cell : cell?.replaceAll('""', '"'))?.trim() ?? '');
    if (whole === '') break;
    rest = rest.slice(whole.length).trim();
  }
  return cells;
}
