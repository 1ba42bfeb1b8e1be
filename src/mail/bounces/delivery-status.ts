import type { Reply, Stage } from '../../model/smtp.js';
import { cleanAddress, cleanHost, cleanIp } from '../addresses.js';
import { assumeReply, type EmbeddedReply } from '../embedded-reply.js';
import { type Fate, type Finding, finding } from '../finding.js';
import { isExpiry, readExchangeStatus } from './exchange-status.js';

/** Recipients that are read from one report. */
const MAX_RECIPIENTS = 50_000;

type Fields = ReadonlyMap<string, string>;

/**
 * Reads the body of a message/delivery-status part (RFC 3464 §2): fields of the message, then one
 * group of fields for each recipient. Recipients that were delivered, relayed or expanded are left
 * out. Empty when the text has no group with a recipient.
 */
export function parseDeliveryStatus(text: string): readonly Finding[] {
  const groups = text
    .split(/\r?\n[ \t]*\r?\n/)
    .map(fieldsOf)
    .filter((fields) => fields.size > 0);
  const message: Fields = groups.find((fields) => fields.has('reporting-mta')) ?? new Map();
  const found: Finding[] = [];
  for (const fields of groups) {
    if (!fields.has('final-recipient') && !fields.has('original-recipient')) continue;
    const read = readRecipient(fields, message);
    if (read !== null) found.push(read);
    if (found.length >= MAX_RECIPIENTS) break;
  }
  return found;
}

function readRecipient(fields: Fields, message: Fields): Finding | null {
  const action = field(fields, 'action').toLowerCase();
  if (/^(?:delivered|relayed|expanded)/.test(action)) return null;
  const read = replyOf(fields) ?? failureOf(fields);
  if (read === null) return null;
  const remote = remoteOf(field(fields, 'remote-mta'));
  return finding({
    source: 'dsn',
    reply: read.reply,
    codeAssumed: read.codeAssumed,
    failure: read.failure,
    fate: fateOf(action, read.reply?.code ?? (field(fields, 'status').startsWith('5') ? 500 : 0)),
    recipient:
      cleanAddress(field(fields, 'final-recipient')) ??
      cleanAddress(field(fields, 'original-recipient')),
    sender: cleanAddress(field(message, 'x-postfix-sender')),
    reportingHost: cleanHost(field(message, 'reporting-mta')),
    remoteHost: remote.host,
    remoteAddress: remote.address,
    stage: read.stage,
    when: field(fields, 'last-attempt-date') || null,
    software: [...message.keys()].some((name) => name.startsWith('x-postfix-')) ? 'postfix' : null,
  });
}

/** `failed` for a temporary reply means that the sender gave up. */
function fateOf(action: string, code: number): Fate {
  if (action.startsWith('delayed')) return 'deferred';
  return code < 500 ? 'gave-up' : 'rejected';
}

interface Read {
  readonly reply: Reply | null;
  readonly codeAssumed: boolean;
  readonly failure: string | null;
  readonly stage: Stage | null;
}

/** The diagnostic code says most (RFC 3464 §2.3.6); then what Exchange 2003 adds; then the status. */
function replyOf(fields: Fields): Read | null {
  const diagnostic = field(fields, 'diagnostic-code');
  const supplementary = field(fields, 'x-supplementary-info');
  const read = [diagnostic, supplementary].flatMap((said) => {
    const embedded = said === '' ? null : readDiagnostic(said);
    return embedded === null ? [] : [{ ...embedded, failure: null, stage: stageOf(said) }];
  });
  // What the sender says of its own queue tells less than what the other side said.
  const best = read.find(({ reply }) => !isExpiry(reply)) ?? read[0];
  if (best !== undefined) return best;
  const status = /^[45]\.\d{1,3}\.\d{1,3}/.exec(field(fields, 'status'))?.[0] ?? null;
  if (status === null || isOwnStatus(status, diagnostic)) return null;
  const words = diagnostic.replace(TYPE, '');
  const assumed = assumeReply(status.startsWith('4') ? 450 : 550, status, words);
  return { ...assumed, failure: null, stage: null };
}

const TYPE = /^[a-z0-9-]+;\s*/i;
/** Status of routing and of addresses that nobody was asked for (RFC 3463 §3.5); 4.4.7 is told as such. */
const ROUTING = /^[45]\.4\.(?:[0-68]|\d{2,3})$|^[45]\.1\.2$/;
const NOBODY =
  /DNS (?:Error|type)|null ?mx|doesn't receive e?mail|connect(?:ion)? (?:to|timed|refused)|timed out|no route|unreachable|name service|not found|look ?up|loops? back|unable to resolve/i;

/** A status that the sender's own server made: nobody answered. */
function isOwnStatus(status: string, diagnostic: string): boolean {
  if (/^x-(?:postfix|exim|unix)|^(?:dns|x400);/i.test(diagnostic)) return true;
  return ROUTING.test(status) || NOBODY.test(diagnostic);
}

/** What happened where no server replied. */
function failureOf(fields: Fields): Read | null {
  const words = field(fields, 'diagnostic-code').replace(TYPE, '').slice(0, 500);
  const status = field(fields, 'status');
  const failure = words === '' ? (status === '' ? '' : `status ${status}`) : words;
  return failure === '' ? null : { reply: null, codeAssumed: false, failure, stage: null };
}

/** `smtp; 450 4.7.1 ...`, with or without the type, perhaps with `host mx[ip] said:` before it. */
function readDiagnostic(text: string): EmbeddedReply | null {
  const said = text
    .replace(/^(?:smtp|x-postfix|x-[a-z-]{1,40}|unix);\s*/i, '')
    .replace(/^host [^\s[\]]{1,255}\[[^\]]{1,64}\] said:\s*/i, '')
    .replace(/\(in reply to [^)]{1,60}\)\s*$/, '')
    .trimEnd();
  return readExchangeStatus(said);
}

function stageOf(text: string): Finding['stage'] {
  if (/\(in reply to RCPT TO|Recipient address rejected|Client host rejected/.test(text))
    return 'rcpt';
  if (/\(in reply to MAIL FROM/.test(text)) return 'mail';
  if (/\(in reply to end of DATA/.test(text)) return 'message';
  return /\(in reply to DATA/.test(text) ? 'data' : null;
}

/** `dns; mx.example.org`, `dns; [192.0.2.1]`, `dns; mx.example.org (192.0.2.1, the server ...)`. */
function remoteOf(text: string): { host: string | null; address: string | null } {
  const bare = text.replace(/^[a-z0-9-]+;\s*/i, '').trim();
  const [name = '', ...others] = bare.split(/[\s()]+/);
  const address = cleanIp(name) ?? cleanIp((others[0] ?? '').replace(/,$/, ''));
  return { host: cleanIp(name) === null ? cleanHost(name) : null, address };
}

/** Fields of one group, unfolded (RFC 5322 §2.2.3), names in lower case; the first of a name counts. */
function fieldsOf(group: string): Fields {
  const fields = new Map<string, string>();
  for (const line of group.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/)) {
    const match = /^([A-Za-z][A-Za-z0-9-]{1,60}):[ \t]*(.*)$/.exec(line);
    const name = match?.[1]?.toLowerCase();
    if (name !== undefined && !fields.has(name)) fields.set(name, (match?.[2] ?? '').trim());
  }
  return fields;
}

function field(fields: Fields, name: string): string {
  return fields.get(name) ?? '';
}
