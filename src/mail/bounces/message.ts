import type { Attachment, Email } from 'postal-mime';
import { cleanAddress } from '../addresses.js';
import type { Finding, SenderSoftware } from '../finding.js';
import { wordsOfHtml } from '../html-words.js';
import { withoutQuoteMarks } from '../quoting.js';
import { parseBounceText, withFates } from './bounce-text.js';
import { parseDelayNotice } from './delay-notice.js';
import { parseDeliveryStatus } from './delivery-status.js';
import { parseExchangeReport } from './exchange-report.js';
import { isExpiry } from './exchange-status.js';
import { type Journey, journeyOf } from './journey.js';
import { parseReplyText } from './reply.js';

/** Mails inside mails that are opened. */
const MAX_DEPTH = 5;
/** Nested mails and status parts that are read, at all depths together. */
const MAX_PARTS = 50;
/** Characters of the part for people that are read. */
const MAX_TEXT_LENGTH = 262_144;

interface Budget {
  parts: number;
}

/**
 * Reads a mail: its delivery status parts (RFC 3464), those of mails inside it, and the part for
 * people. Where both tell of one recipient, the part for people fills in what the status lacks:
 * often it alone has the reply, or the host. Empty when the mail reports nothing.
 */
export async function parseMessage(bytes: Uint8Array): Promise<readonly Finding[]> {
  return readMessage(bytes, 0, { parts: MAX_PARTS });
}

/** How a mail that reports nothing came here, by its header; null where that tells nothing. */
export async function parseJourney(bytes: Uint8Array): Promise<Journey | null> {
  const { default: PostalMime } = await import('postal-mime');
  try {
    return journeyOf((await PostalMime.parse(bytes)).headers);
  } catch {
    return null;
  }
}

async function readMessage(bytes: Uint8Array, depth: number, budget: Budget): Promise<Finding[]> {
  const { default: PostalMime } = await import('postal-mime');
  let email: Email;
  try {
    email = await PostalMime.parse(bytes, { forceRfc822Attachments: true });
  } catch {
    // Beyond the parser's limits (depth, size of headers): nothing of it can be trusted.
    return [];
  }
  const text = textOf(email);
  const status = partsOf(email, STATUS_PART, budget).flatMap((part) => [
    ...parseDeliveryStatus(decode(part)),
  ]);
  const told = status.length > 0 ? status : parseDeliveryStatus(statusInText(text));
  if (told.length > 0) {
    // The mail inside is the one that came back: what it says is not about its delivery.
    return merge(told, readText(text, true)).map((found) => withHeaders(found, email));
  }
  const nested: Finding[] = [];
  for (const part of depth < MAX_DEPTH ? partsOf(email, MAIL_PART, budget) : []) {
    nested.push(...(await readMessage(bytesOf(part), depth + 1, budget)));
  }
  const own = readText(text, nested.length > 0);
  if (depth === 0 && own.length + nested.length === 0) return readRaw(bytes, email);
  return [...own.map((found) => withHeaders(found, email)), ...nested];
}

const STATUS_PART = /^message\/(?:global-)?delivery-status$/i;
const MAIL_PART = /^message\/(?:rfc822|global)$/i;

/** The parts of this kind, as far as the budget goes. */
function partsOf(email: Email, kind: RegExp, budget: Budget): Attachment[] {
  const parts = email.attachments.filter(
    (part) => kind.test(part.mimeType) || (kind === MAIL_PART && isMailFile(part)),
  );
  const taken = parts.slice(0, budget.parts);
  budget.parts -= taken.length;
  return taken;
}

/** Some programs attach a mail as a mere file. */
function isMailFile({ mimeType, filename }: Attachment): boolean {
  return /^application\/octet-stream$/i.test(mimeType) && /\.eml$/i.test(filename ?? '');
}

/** Where somebody changed the boundaries of a report, its parts can still be read as text. */
function readRaw(bytes: Uint8Array, email: Email): Finding[] {
  const raw = Buffer.from(bytes).subarray(0, MAX_TEXT_LENGTH).toString('utf8');
  const body = raw.slice(raw.search(/\r?\n\r?\n/) + 1);
  const told = parseDeliveryStatus(statusInText(body));
  const read = told.length > 0 ? merge(told, readText(body, true)) : [];
  return read.map((found) => withHeaders(found, email));
}

/** The part for people. Bare replies in it count only when the mail has nothing better. */
function readText(written: string, hasBetter: boolean): readonly Finding[] {
  const text = withoutQuoteMarks(written);
  const report = parseExchangeReport(text);
  if (report.length > 0) return report;
  const bounce = parseBounceText(text);
  if (bounce.length > 0 || hasBetter) return bounce;
  const replies = parseReplyText(text);
  return replies.length > 0 ? withFates(replies, text) : parseDelayNotice(text);
}

/** Some gateways flatten the report to plain text; its fields are still there. */
function statusInText(text: string): string {
  const start = text.search(/^Reporting-MTA:/im);
  return start < 0 ? '' : text.slice(start);
}

function merge(status: readonly Finding[], human: readonly Finding[]): Finding[] {
  return status.map((found) => {
    const same =
      human.find(
        (other) =>
          other.recipient !== null &&
          other.recipient.toLowerCase() === found.recipient?.toLowerCase(),
      ) ?? (status.length === 1 && human.length === 1 ? human[0] : undefined);
    if (same === undefined) return found;
    const saysLess = found.codeAssumed || isOwnWord(found);
    const useHuman = saysLess && same.reply !== null && !same.codeAssumed && !isOwnWord(same);
    return {
      ...found,
      reply: useHuman ? same.reply : found.reply,
      codeAssumed: useHuman ? false : found.codeAssumed,
      fate:
        found.fate === 'rejected' && useHuman && (same.reply?.code ?? 500) < 500
          ? 'gave-up'
          : found.fate,
      stage: found.stage ?? same.stage,
      recipient: found.recipient ?? same.recipient,
      reportingHost: found.reportingHost ?? same.reportingHost,
      remoteHost: found.remoteHost ?? same.remoteHost,
      remoteAddress: found.remoteAddress ?? same.remoteAddress,
      software: found.software ?? same.software,
    };
  });
}

/** Said by the sender's own server, of its queue. */
function isOwnWord({ reply }: Finding): boolean {
  return reply !== null && isExpiry(reply);
}

function withHeaders(found: Finding, email: Email): Finding {
  return {
    ...found,
    sender: found.sender ?? cleanAddress(email.to?.[0]?.address ?? ''),
    software: found.software ?? softwareOf(email),
    when: found.when ?? header(email, 'date'),
  };
}

/** A bounce names its writer in headers that other mail does not have. */
function softwareOf(email: Email): SenderSoftware | null {
  const mailer = header(email, 'x-mailer') ?? '';
  const mime = header(email, 'x-mimeole') ?? '';
  if (/Exchange V6\.[05]/i.test(mime) || /SMTPSVC/.test(mailer)) return 'exchange-2003';
  if (email.headers.some(({ key }) => key.startsWith('x-ms-exchange-'))) {
    return isOnline(email) ? 'exchange-online' : 'exchange-2007plus';
  }
  // Gmail writes what Exim and sendmail write as well, and is neither.
  const { name = '', address = '' } = email.from ?? {};
  if (/@(?:google|googlemail|gmail)\.com$/i.test(address)) return null;
  if (email.headers.some(({ key }) => key === 'x-failed-recipients')) return 'exim';
  if (/^Mail Delivery Subsystem$/i.test(name)) return 'sendmail';
  return /SMTPSVC\(6\.0/.test(header(email, 'received') ?? '') ? 'exchange-2003' : null;
}

/** The first server that had the report is Microsoft's own. */
function isOnline({ headers }: Email): boolean {
  const first = headers.filter(({ key }) => key === 'received').at(-1)?.value ?? '';
  return /\bby \S{3,200}\.prod\.(?:outlook|exchangelabs)\.com/i.test(first);
}

function header(email: Email, name: string): string | null {
  return email.headers.find(({ key }) => key === name)?.value ?? null;
}

/** Plain text when there is some, else the words of the HTML. */
function textOf(email: Email): string {
  const plain = email.text?.trim() ?? '';
  return (
    plain === '' ? wordsOfHtml((email.html ?? '').slice(0, 4 * MAX_TEXT_LENGTH)) : plain
  ).slice(0, MAX_TEXT_LENGTH);
}

function bytesOf(part: Attachment): Uint8Array {
  if (typeof part.content === 'string') return Buffer.from(part.content, 'utf8');
  return new Uint8Array(part.content);
}

function decode(part: Attachment): string {
  return Buffer.from(bytesOf(part)).toString('utf8');
}
