import { cleanAddress, cleanHost, cleanIp } from '../addresses.js';
import { stageOfCommand } from '../commands.js';
import { csvFields } from '../csv.js';
import type { EmbeddedReply } from '../embedded-reply.js';
import { type Finding, finding } from '../finding.js';
import { readExchangeStatus } from './exchange-status.js';

/** Which column holds what; -1: there is no such column. */
interface Columns {
  readonly when: number;
  readonly event: number;
  readonly recipients: number;
  readonly statuses: number;
  readonly sender: number;
  readonly clientHost: number;
  readonly serverHost: number;
  readonly serverIp: number;
  readonly session: number;
  readonly data: number;
  readonly context: number;
  readonly remoteEndpoint: number;
}

export type ExchangeLogReader = (line: string) => readonly Finding[];

/** SMTP sessions of a protocol log whose last command is remembered. */
const MAX_SESSIONS = 500;

/**
 * The names of the columns, from `#Fields: date-time,...` or from the header of an exported list
 * (`"Timestamp","ClientIp",...`). Null when the line is neither.
 */
export function exchangeLogHeader(line: string): readonly string[] | null {
  const fields = /^\uFEFF?#Fields:\s*(.*)$/i.exec(line)?.[1];
  const names = csvFields(fields ?? line).map((name) => name.toLowerCase().replace(/[^a-z]/g, ''));
  const known =
    names.includes('recipientstatus') || (names.includes('data') && names.includes('event'));
  return known && names.length >= 4 ? names : null;
}

/**
 * Makes a reader for the rows of an Exchange message tracking log, or of an SMTP send or receive
 * protocol log. Exchange 2007 and later write these.
 */
export function exchangeLogReader(names: readonly string[]): ExchangeLogReader {
  const columns = columnsOf(names);
  return columns.statuses >= 0
    ? (line) => readTracking(csvFields(line), columns)
    : protocolReader(columns);
}

function columnsOf(names: readonly string[]): Columns {
  const at = (...candidates: readonly string[]) =>
    names.findIndex((name) => candidates.includes(name));
  return {
    when: at('datetime', 'timestamp'),
    event: at('eventid', 'event'),
    recipients: at('recipientaddress', 'recipients'),
    statuses: at('recipientstatus'),
    sender: at('senderaddress', 'sender'),
    clientHost: at('clienthostname'),
    serverHost: at('serverhostname'),
    serverIp: at('serverip'),
    session: at('sessionid'),
    data: at('data'),
    context: at('context'),
    remoteEndpoint: at('remoteendpoint'),
  };
}

/** One finding for each recipient whose status holds a reply. Both columns are split at `;`. */
function readTracking(row: readonly string[], columns: Columns): Finding[] {
  const event = row[columns.event] ?? '';
  if (!/^(?:DEFER|FAIL|DSN|SEND|SENDEXTERNAL|BADMAIL)$/i.test(event)) return [];
  const recipients = listOf(row[columns.recipients] ?? '');
  const statuses = statusesOf(row[columns.statuses] ?? '', recipients.length);
  const found: Finding[] = [];
  for (const [index, status] of statuses.entries()) {
    const told = readExchangeStatus(status);
    if (told === null) continue;
    found.push(
      finding({
        source: 'exchange-log',
        software: 'exchange-2007plus',
        fate: fateOf(event, told),
        reply: told.reply,
        codeAssumed: told.codeAssumed,
        recipient: cleanAddress(recipients[statuses.length === 1 ? 0 : index] ?? ''),
        sender: cleanAddress(row[columns.sender] ?? ''),
        reportingHost: cleanHost(row[columns.clientHost] ?? ''),
        remoteHost: told.remoteHost ?? cleanHost(row[columns.serverHost] ?? ''),
        remoteAddress: told.remoteAddress ?? cleanIp(row[columns.serverIp] ?? ''),
        when: row[columns.when] || null,
      }),
    );
  }
  return found;
}

function fateOf(event: string, told: EmbeddedReply): Finding['fate'] {
  if (!/^(?:FAIL|DSN|BADMAIL)$/i.test(event)) return 'deferred';
  return told.reply.code < 500 ? 'gave-up' : 'rejected';
}

function listOf(text: string): string[] {
  return text.split(/[;|]/).map((part) => part.trim());
}

/** A status may hold semicolons of its own; it is split only where that gives one for each recipient. */
function statusesOf(text: string, recipients: number): string[] {
  if (recipients < 2) return [text];
  const braced = text.split(/(?<=\]);(?=\[)/);
  if (braced.length === recipients) return braced;
  const split = text.split(/;(?=\s*'?[245]\d\d[ -])/);
  return split.length === recipients ? split : [text];
}

/** Rows of a protocol log: `>` is what this server said, `<` what it was told. */
function protocolReader(columns: Columns): ExchangeLogReader {
  const commands = new Map<string, { command: string; sender: string; recipient: string }>();
  return (line) => {
    const row = csvFields(line);
    const session = row[columns.session] ?? '';
    const data = row[columns.data] ?? '';
    if (row[columns.event] === '>') {
      const before = commands.get(session) ?? { command: '', sender: '', recipient: '' };
      const address = cleanAddress(
        /^(?:MAIL FROM|RCPT TO):\s*(<[^>]{0,320}>)/i.exec(data)?.[1] ?? '',
      );
      if (commands.size >= MAX_SESSIONS && !commands.has(session)) commands.clear();
      commands.set(session, {
        command: data.slice(0, 60),
        sender: /^MAIL/i.test(data) ? (address ?? '') : before.sender,
        recipient: /^RCPT/i.test(data) ? (address ?? '') : before.recipient,
      });
      return [];
    }
    const told = row[columns.event] === '<' ? readExchangeStatus(data) : null;
    if (told === null) return [];
    const last = commands.get(session);
    const endpoint = /^(.*):(\d{1,5})$/.exec(row[columns.remoteEndpoint] ?? '');
    return [
      finding({
        source: 'exchange-log',
        software: 'exchange-2007plus',
        fate: told.reply.code < 500 ? 'deferred' : 'rejected',
        reply: told.reply,
        codeAssumed: told.codeAssumed,
        stage: last === undefined ? 'connect' : stageOfCommand(last.command),
        sender: cleanAddress(last?.sender ?? ''),
        recipient: cleanAddress(last?.recipient ?? ''),
        remoteAddress: cleanIp(endpoint?.[1] ?? ''),
        when: row[columns.when] || null,
      }),
    ];
  };
}
