import { cleanAddress, cleanHost, cleanIp } from '../../addresses.js';
import { readReply } from '../../embedded-reply.js';
import type { LoggedAttempt, LoggedOutcome } from '../events.js';
import { attempt } from '../make-event.js';
import type { LogRecord } from '../record.js';
import type { Emit, LogSource } from '../source.js';

/*
 * What providers that send mail tell of each message (webhooks, exports): Amazon SES, SendGrid, Mailgun,
 * Postmark; and objects or tables of programs with a recipient and a reply in fields of any usual name.
 */

/** Recipients of one record that are read. */
const MAX_RECIPIENTS = 500;

export const providers: LogSource = {
  id: 'provider-events',
  ofRecord: (record) => sesPath(record) !== null || isMailgun(record) || isPlain(record),
  open: () => ({ record: readRecord }),
};

function readRecord(record: LogRecord, emit: Emit): void {
  const ses = sesPath(record);
  if (ses !== null) readSes(record, ses, emit);
  else if (isMailgun(record)) readMailgun(record, emit);
  else readPlain(record, emit);
}

/** SES events come bare, within SNS, or within EventBridge. Null: the record is none. */
function sesPath(record: LogRecord): string | null {
  const paths = ['', 'message.', 'detail.', 'body.message.'];
  const isSes = (path: string) =>
    (record.has(`${path}eventtype`) || record.has(`${path}notificationtype`)) &&
    record.has(`${path}mail.source`);
  return paths.find(isSes) ?? null;
}

/** Where the lists of recipients are, and what they mean. */
const SES_LISTS = [
  { list: 'deliverydelay.delayedrecipients', final: false },
  { list: 'bounce.bouncedrecipients', final: true },
] as const;

function readSes(record: LogRecord, path: string, emit: Emit): void {
  const get = (...names: readonly string[]) => record.get(...names.map((name) => `${path}${name}`));
  const told = {
    source: providers.id,
    message: get('mail.messageid') || null,
    sender: cleanAddress(get('mail.source')),
  } as const;
  for (const { list, final } of SES_LISTS) {
    const when = get(`${list.slice(0, list.indexOf('.'))}.timestamp`) || null;
    for (let n = 0; n < MAX_RECIPIENTS; n += 1) {
      const recipient = cleanAddress(get(`${list}.${n}.emailaddress`));
      if (recipient === null) break;
      const said = get(`${list}.${n}.diagnosticcode`);
      const outcome = outcomeOf(said, get(`${list}.${n}.status`), final);
      const host = cleanHost(get(`${list}.${n}.remotemta`));
      if (outcome !== null) emit(attempt({ ...told, when, recipient, host, outcome }));
    }
  }
  for (let n = 0; n < MAX_RECIPIENTS; n += 1) {
    const recipient = cleanAddress(get(`delivery.recipients.${n}`));
    if (recipient === null) break;
    const when = get('delivery.timestamp') || null;
    emit(attempt({ ...told, when, recipient, outcome: { kind: 'accepted' } }));
  }
}

/** Mailgun: `"event": "failed", "severity": "temporary", "delivery-status": {"code": 451, ...}`. */
function isMailgun(record: LogRecord): boolean {
  return ['', 'eventdata.'].some((path) => record.has(`${path}deliverystatus.code`));
}

function readMailgun(record: LogRecord, emit: Emit): void {
  const path = record.has('deliverystatus.code') ? '' : 'eventdata.';
  const get = (name: string) => record.get(`${path}${name}`);
  const said = [get('deliverystatus.message'), get('deliverystatus.description')].find(
    (text) => text !== '',
  );
  const code = get('deliverystatus.code');
  const words = /^[45]\d\d/.test(said ?? '') ? (said ?? '') : `${code} ${said ?? ''}`;
  const final = get('severity') === 'permanent';
  const outcome: LoggedOutcome | null =
    get('event') === 'delivered' ? { kind: 'accepted' } : outcomeOf(words, '', final);
  if (outcome === null) return;
  emit(
    attempt({
      source: providers.id,
      when: timeOf(get('timestamp')),
      message: get('message.headers.messageid') || get('id') || null,
      recipient: cleanAddress(get('recipient')),
      sender: cleanAddress(get('envelope.sender')),
      host: cleanHost(get('deliverystatus.mxhost')),
      localAddress: cleanIp(get('envelope.sendingip')),
      outcome,
    }),
  );
}

const RECIPIENT_NAMES = [
  'recipient',
  'recipientaddress',
  'recipientemail',
  'rcpt',
  'rcptto',
  'email',
  'emailaddress',
  'to',
  'toaddress',
  'address',
  'rejected.0',
  'recipients.0',
  'to.0',
  'envelope.to.0',
  'user',
  'destination',
  'mailto',
  'deliveredto',
];
/** A basic code in a field of its own, where the words have none. */
const CODE_NAMES = [
  'code',
  'smtpcode',
  'replycode',
  'responsecode',
  'statuscode',
  'errorcode',
  'deliverystatuscode',
];
const ENHANCED_NAMES = ['smtpenchcode', 'enhancedcode', 'enhanced', 'dsn'];
const REPLY_NAMES = [
  'response',
  'response.content',
  'smtpresponse',
  'reply',
  'smtpreply',
  'diagnosticcode',
  'diagnostic',
  'diag',
  'dsndiag',
  'smtpmsg',
  'smtpmessage',
  'deliverystatusmessage',
  'deliverystatusdescription',
  'rawreason',
  'bouncereason',
  'reason',
  'details',
  'detail',
  'description',
  'lasterror',
  'errormessage',
  'error',
  'message',
  'text',
  'body',
];
const EVENT_NAMES = ['event', 'status', 'type', 'recordtype', 'action', 'state', 'result'];
const SEVERITY_NAMES = ['severity', 'bouncetype', 'bounce'];
const TIME_NAMES = [
  'timestamp',
  'bouncedat',
  'deliveredat',
  'receivedat',
  'datetime',
  'date',
  'time',
  'when',
];

function isPlain(record: LogRecord): boolean {
  return (
    RECIPIENT_NAMES.some((name) => record.has(name)) &&
    (REPLY_NAMES.some((name) => record.has(name)) || record.find(isReply) !== '')
  );
}

/** A value that nothing else is, whatever the name of its field. */
function isReply(value: string): boolean {
  return /^(?:smtp;\s{0,3})?[45]\d\d[ -]#?[45]\.\d{1,3}\.\d{1,3}\s/.test(value);
}

function readPlain(record: LogRecord, emit: Emit): void {
  const event = `${record.get(...EVENT_NAMES)} ${record.get(...SEVERITY_NAMES)}`
    .toLowerCase()
    .trim();
  const outcome = plainOutcome(record, event);
  if (outcome === null) return;
  const told: Partial<LoggedAttempt> = {
    when: timeOf(record.get(...TIME_NAMES)),
    message: record.get('smtpid', 'sgmessageid', 'messageid', 'id') || null,
    recipient: cleanAddress(record.get(...RECIPIENT_NAMES)),
    sender: cleanAddress(record.get('sender', 'from', 'fromaddress', 'envelope.from', 'mailfrom')),
    host: cleanHost(record.get('mx', 'mxhost', 'host', 'remotemta', 'server', 'remotehost')),
    address: cleanIp(record.get('mxip', 'hostip', 'remoteip', 'remoteaddress')),
  };
  emit(attempt({ ...told, source: providers.id, outcome }));
}

function plainOutcome(record: LogRecord, event: string): LoggedOutcome | null {
  const final =
    /bounce|fail|drop|hard|permanent|reject|expire/.test(event) &&
    !/soft|trans|tempo|delay|defer/.test(event);
  for (const name of REPLY_NAMES) {
    const said = record.get(name);
    const outcome = said === '' ? null : outcomeOf(said, '', final);
    if (outcome === null) continue;
    const withCode = codesOf(record, outcome);
    return (withCode === '' ? null : outcomeOf(`${withCode} ${said}`, '', final)) ?? outcome;
  }
  const [code, said] = [record.get(...CODE_NAMES), record.get(...REPLY_NAMES)];
  if (/^[45]\d\d$/.test(code) && /\p{L}{2}/u.test(said)) {
    const enhanced = record.get(...ENHANCED_NAMES);
    return outcomeOf(`${code} ${enhanced === '' ? '' : `${enhanced} `}${said}`, '', final);
  }
  const other = record.find(isReply);
  if (other !== '') return outcomeOf(other, '', final);
  return /^(?:delivered|delivery|sent)$/.test(event) ? { kind: 'accepted' } : null;
}

/** The codes that the words lack, as they stand in fields of their own. */
function codesOf(record: LogRecord, outcome: LoggedOutcome): string {
  if (outcome.kind !== 'refused' || !outcome.codeAssumed) return '';
  return /^[45]\d\d$/.exec(record.get(...CODE_NAMES))?.[0] ?? '';
}

/** `smtp; 451 4.7.1 ...`, `451 4.7.1 ...`, or a status with words. Null where no reply is. */
function outcomeOf(said: string, status: string, final: boolean): LoggedOutcome | null {
  const bare = said.replace(/^[a-z][a-z0-9-]{1,30};\s*/i, '').trim();
  const code = /(?:^|[:(>\s])([45]\d\d[ -](?:[#<]?[45]\.\d{1,3}\.\d{1,3}|[^\d]).*)$/s.exec(
    bare,
  )?.[1];
  const embedded =
    readReply(code ?? bare) ?? (status === '' ? null : readReply(`${status} ${bare}`));
  return embedded === null ? null : { kind: 'refused', ...embedded, stage: null, final };
}

/** Seconds or milliseconds since 1970 as RFC 3339; other times as they stand. */
function timeOf(told: string): string | null {
  if (told === '') return null;
  const value = Number(told);
  if (!(value > 1e8)) return told;
  const milliseconds = value < 1e11 ? value * 1000 : value;
  return milliseconds < 8.64e15 ? new Date(milliseconds).toISOString() : told;
}
