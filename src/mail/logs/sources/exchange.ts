import { cleanAddress, cleanHost, cleanIp } from '../../addresses.js';
import { type ExchangeStatus, readExchangeStatus } from '../../bounces/exchange-status.js';
import { stageOfCommand } from '../../commands.js';
import { csvFields } from '../csv.js';
import type { LoggedOutcome } from '../events.js';
import { attempt } from '../make-event.js';
import { type LogRecord, recordOfRow } from '../record.js';
import type { Emit, LogLine, LogReader, LogSource } from '../source.js';

/*
 * Exchange 2007 and later: message tracking (one row an event of a message) and the SMTP protocol
 * logs (one row a line of a session), as they are, without their `#Fields`, exported as a table, or as
 * a list (`| fl`).
 */

/** SMTP sessions of a protocol log whose last command is remembered. */
const MAX_SESSIONS = 500;

/** Columns of a protocol log, which stay the same from version to version. */
const PROTOCOL = [
  'datetime',
  'connectorid',
  'sessionid',
  'sequencenumber',
  'localendpoint',
  'remoteendpoint',
  'event',
  'data',
  'context',
];
const PROTOCOL_ROW = /^\S{20,30}Z,[^,]*,[0-9A-Fa-f]{16},\d{1,6},[^,]*,[^,]*,[-+<>*],/;

/** Columns of a tracking log up to the sender, which are the same from 2007 on but for one. */
const TRACKING = [
  'datetime',
  'clientip',
  'clienthostname',
  'serverip',
  'serverhostname',
  'sourcecontext',
  'connectorid',
  'source',
  'eventid',
  'internalmessageid',
  'messageid',
];
const TRACKING_SINCE_2013 = [...TRACKING, 'networkmessageid'];
const TRACKING_REST = [
  'recipientaddress',
  'recipientstatus',
  'totalbytes',
  'recipientcount',
  'relatedrecipientaddress',
  'reference',
  'messagesubject',
  'senderaddress',
];
const TRACKING_ROW =
  /^\S{20,30}Z,[^,]*,[^,]*,[^,]*,[^,]*,(?:[^,"]*|"[^"]*"),[^,]*,[A-Z]{2,20},[A-Z]{2,20},/;

export const exchange: LogSource = {
  id: 'exchange-log',
  ofLine: (line) => {
    const { chunk, start } = line;
    if (chunk[start + 4] !== '-' || chunk[start + 10] !== 'T') return false;
    const row = line.bytes().slice(0, 1000);
    return PROTOCOL_ROW.test(row) || TRACKING_ROW.test(row);
  },
  ofRecord: (record) =>
    record.has('recipientstatus') ||
    isQueue(record) ||
    (record.has('data') && record.has('event') && record.has('context')),
  open: exchangeReader,
};

function exchangeReader(): LogReader {
  const sessions = new Map<string, Session>();
  const read = (record: LogRecord, emit: Emit) => {
    if (isQueue(record)) readQueue(record, emit);
    else if (record.has('data')) readProtocol(record, sessions, emit);
    else readTracking(record, emit);
  };
  return { record: read, line: (line, emit) => read(rowWithoutNames(line), emit) };
}

/** A queue, or a message in one: `Get-Queue`, `Get-Message`. */
function isQueue(record: LogRecord): boolean {
  return (
    record.has('lasterror') &&
    ['nexthopdomain', 'deliverytype', 'messagesourcename', 'fromaddress'].some((name) =>
      record.has(name),
    )
  );
}

function readQueue(record: LogRecord, emit: Emit): void {
  const said = record.get('lasterror');
  const read = readExchangeStatus(said);
  if (read === null) return;
  emit(
    attempt({
      source: exchange.id,
      when: record.get('lastretrytime') || null,
      recipient:
        cleanAddress(/<([^<>\s]{3,320})>/.exec(said)?.[1] ?? '') ??
        cleanAddress(withoutBraces(record.get('recipients')).split(/[;,]/)[0] ?? ''),
      sender: cleanAddress(record.get('fromaddress')),
      host: read.remoteHost,
      address: read.remoteAddress,
      outcome: {
        kind: 'refused',
        reply: read.reply,
        codeAssumed: read.codeAssumed,
        stage: null,
        final: false,
      },
    }),
  );
}

function rowWithoutNames(line: LogLine): LogRecord {
  const row = csvFields(line.words());
  if (PROTOCOL_ROW.test(line.words())) return recordOfRow(PROTOCOL, row);
  // The id that came with 2013 is of 32 digits.
  const since2013 = /^[0-9a-f-]{32,36}$/i.test(row[TRACKING.length] ?? '');
  return recordOfRow([...(since2013 ? TRACKING_SINCE_2013 : TRACKING), ...TRACKING_REST], row);
}

function told(record: LogRecord) {
  return {
    source: exchange.id,
    when: record.get('datetime', 'timestamp') || null,
    instance: null,
    message: record.get('internalmessageid', 'networkmessageid', 'messageid') || null,
  } as const;
}

/** A row of the tracking log: an attempt for each recipient that it tells of. */
function readTracking(record: LogRecord, emit: Emit): void {
  const event = record.get('eventid', 'event').toUpperCase();
  const sender = cleanAddress(record.get('senderaddress', 'sender'));
  if (event === 'RECEIVE') {
    emit({ kind: 'active', ...told(record), logHost: serverOf(record), sender: sender ?? '' });
    return;
  }
  if (!/^(?:DEFER|FAIL|DSN|SEND|SENDEXTERNAL|BADMAIL)$/.test(event)) return;
  const recipients = listOf(record.get('recipientaddress', 'recipients'));
  const statuses = statusesOf(withoutBraces(record.get('recipientstatus')), recipients.length);
  for (const [index, status] of statuses.entries()) {
    const read = readExchangeStatus(status);
    const outcome = outcomeOf(event, read);
    if (outcome === null) continue;
    emit({
      kind: 'attempt',
      ...told(record),
      ...hostsOf(record, event, read),
      recipient: cleanAddress(recipients[statuses.length === 1 ? 0 : index] ?? ''),
      sender,
      localAddress: null,
      sinceArrivalSeconds: null,
      arrivedAt: null,
      durationSeconds: null,
      outcome,
    });
    if (read?.expired === true && event !== 'DEFER') {
      const recipient = cleanAddress(recipients[statuses.length === 1 ? 0 : index] ?? '');
      emit({ kind: 'gone', ...told(record), logHost: serverOf(record), why: 'expired', recipient });
    }
  }
}

function outcomeOf(event: string, read: ExchangeStatus | null): LoggedOutcome | null {
  if (read === null) return event.startsWith('SEND') ? { kind: 'accepted' } : null;
  const final = /^(?:FAIL|DSN|BADMAIL)$/.test(event);
  return { kind: 'refused', reply: read.reply, codeAssumed: read.codeAssumed, stage: null, final };
}

function serverOf(record: LogRecord): string | null {
  return cleanHost(record.get('clienthostname')) ?? cleanHost(record.get('serverhostname'));
}

/**
 * `server-hostname` is the other side only for what was sent to it; rows of the queue and of agents
 * have the name of the Exchange server itself there.
 */
function hostsOf(
  record: LogRecord,
  event: string,
  read: ExchangeStatus | null,
): { logHost: string | null; host: string | null; address: string | null } {
  const client = cleanHost(record.get('clienthostname'));
  const server = cleanHost(record.get('serverhostname'));
  const serverIp = cleanIp(record.get('serverip'));
  const sent = event.startsWith('SEND') || (serverIp !== null && server !== client);
  return {
    logHost: client ?? (sent ? null : server),
    host: read?.remoteHost ?? (sent ? server : null),
    address: read?.remoteAddress ?? (sent ? serverIp : null),
  };
}

function listOf(text: string): string[] {
  return withoutBraces(text)
    .split(/[;|,]/)
    .map((part) => part.trim());
}

/** A list as PowerShell shows it: `{user@example.org}`. */
function withoutBraces(text: string): string {
  return /^\{.*\}$/s.test(text) ? text.slice(1, -1) : text;
}

/** A status may hold semicolons of its own; it is split only where that gives one for each recipient. */
function statusesOf(text: string, recipients: number): string[] {
  if (recipients < 2) return [text];
  const braced = text.split(/(?<=\]);(?=\[)/);
  if (braced.length === recipients) return braced;
  const split = text.split(/;(?=\s*'?[245]\d\d[ -])/);
  return split.length === recipients ? split : [text];
}

interface Session {
  command: string;
  sender: string | null;
  recipient: string | null;
}

/**
 * Rows of a protocol log: `>` is what this server said, `<` what it was told. In a log of sending
 * the replies are the other side's, in a log of receiving this server's own.
 */
function readProtocol(record: LogRecord, sessions: Map<string, Session>, emit: Emit): void {
  const event = record.get('event');
  if (event !== '<' && event !== '>') return;
  const id = record.get('sessionid');
  const data = record.get('data');
  const session = sessions.get(id);
  if (!/^\d{3}(?:[ -]|$)/.test(data)) {
    if (sessions.size >= MAX_SESSIONS && session === undefined) sessions.clear();
    sessions.set(id, afterCommand(session, data));
    return;
  }
  const read = readExchangeStatus(data);
  if (event === '<') readSent(record, session, read, emit);
  else if (read !== null) readReceived(record, session, read, emit);
}

function readSent(
  record: LogRecord,
  session: Session | undefined,
  read: ExchangeStatus | null,
  emit: Emit,
): void {
  const stage = session === undefined ? 'connect' : stageOfCommand(session.command);
  const delivered = read === null && stage === 'message' && record.get('data').startsWith('250');
  if (read === null && !delivered) return;
  emit({
    kind: 'attempt',
    ...told(record),
    logHost: null,
    recipient: session?.recipient ?? null,
    sender: session?.sender ?? null,
    host: null,
    address: endpointIp(record.get('remoteendpoint')),
    localAddress: endpointIp(record.get('localendpoint')),
    sinceArrivalSeconds: null,
    arrivedAt: null,
    durationSeconds: null,
    outcome:
      read === null
        ? { kind: 'accepted' }
        : {
            kind: 'refused',
            reply: read.reply,
            codeAssumed: read.codeAssumed,
            stage,
            final: read.reply.code >= 500,
          },
  });
}

function readReceived(
  record: LogRecord,
  session: Session | undefined,
  read: ExchangeStatus,
  emit: Emit,
): void {
  emit({
    kind: 'decision',
    ...told(record),
    logHost: null,
    decided: 'refused',
    greylister: null,
    client: null,
    clientAddress: endpointIp(record.get('remoteendpoint')),
    sender: session?.sender ?? null,
    recipient: session?.recipient ?? null,
    ageSeconds: null,
    missingSeconds: null,
    early: false,
    reply: read.reply,
    codeAssumed: read.codeAssumed,
    stage: session === undefined ? 'connect' : stageOfCommand(session.command),
  });
}

/** `192.0.2.1:25`, `[2001:db8::1]:25`. */
function endpointIp(endpoint: string): string | null {
  return cleanIp(/^(.*):\d{1,5}$/.exec(endpoint)?.[1] ?? '');
}

function afterCommand(before: Session | undefined, data: string): Session {
  const command = data.slice(0, 60);
  const address = cleanAddress(/^(?:MAIL FROM|RCPT TO):\s*(<[^>]{0,320}>)/i.exec(data)?.[1] ?? '');
  if (/^MAIL/i.test(data)) return { command, sender: address, recipient: null };
  const { sender = null, recipient = null } = before ?? {};
  return { command, sender, recipient: /^RCPT/i.test(data) ? address : recipient };
}
