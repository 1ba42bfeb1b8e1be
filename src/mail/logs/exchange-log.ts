import { cleanAddress, cleanHost, cleanIp } from '../addresses.js';
import { type ExchangeStatus, readExchangeStatus } from '../bounces/exchange-status.js';
import { stageOfCommand } from '../commands.js';
import { type Finding, finding } from '../finding.js';
import { csvFields } from './csv.js';

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
        ...hostsOf(row, columns, event, told),
        when: row[columns.when] || null,
      }),
    );
  }
  return found;
}

/**
 * `server-hostname` is the other side only for what was sent to it; rows of the queue and of agents
 * have the name of the Exchange server itself there.
 */
function hostsOf(
  row: readonly string[],
  columns: Columns,
  event: string,
  told: ExchangeStatus,
): Pick<Finding, 'reportingHost' | 'remoteHost' | 'remoteAddress'> {
  const client = cleanHost(row[columns.clientHost] ?? '');
  const server = cleanHost(row[columns.serverHost] ?? '');
  const serverIp = cleanIp(row[columns.serverIp] ?? '');
  const sent = /^SEND/i.test(event) || (serverIp !== null && server !== client);
  return {
    reportingHost: client ?? (sent ? null : server),
    remoteHost: told.remoteHost ?? (sent ? server : null),
    remoteAddress: told.remoteAddress ?? (sent ? serverIp : null),
  };
}

function fateOf(event: string, told: ExchangeStatus): Finding['fate'] {
  if (!/^(?:FAIL|DSN|BADMAIL)$/i.test(event)) return 'deferred';
  return told.reply.code < 500 || told.expired ? 'gave-up' : 'rejected';
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

interface Session {
  command: string;
  sender: string | null;
  recipient: string | null;
}

/**
 * Rows of a protocol log: `>` is what this server said, `<` what it was told. In a log of sending
 * the replies are the other side's, in a log of receiving this server's own.
 */
function protocolReader(columns: Columns): ExchangeLogReader {
  const sessions = new Map<string, Session>();
  return (line) => {
    const row = csvFields(line);
    const event = row[columns.event] ?? '';
    if (event !== '<' && event !== '>') return [];
    const id = row[columns.session] ?? '';
    const data = row[columns.data] ?? '';
    const session = sessions.get(id);
    if (!/^\d{3}(?:[ -]|$)/.test(data)) {
      if (sessions.size >= MAX_SESSIONS && session === undefined) sessions.clear();
      sessions.set(id, afterCommand(session, data));
      return [];
    }
    const told = readExchangeStatus(data);
    if (told === null) return [];
    const endpoint = /^(.*):(\d{1,5})$/.exec(row[columns.remoteEndpoint] ?? '');
    return [
      finding({
        source: 'exchange-log',
        software: 'exchange-2007plus',
        direction: event === '<' ? 'outgoing' : 'incoming',
        fate: told.reply.code < 500 ? 'deferred' : 'rejected',
        reply: told.reply,
        codeAssumed: told.codeAssumed,
        stage: session === undefined ? 'connect' : stageOfCommand(session.command),
        sender: session?.sender ?? null,
        recipient: session?.recipient ?? null,
        remoteAddress: cleanIp(endpoint?.[1] ?? ''),
        when: row[columns.when] || null,
      }),
    ];
  };
}

function afterCommand(before: Session | undefined, data: string): Session {
  const command = data.slice(0, 60);
  const address = cleanAddress(/^(?:MAIL FROM|RCPT TO):\s*(<[^>]{0,320}>)/i.exec(data)?.[1] ?? '');
  if (/^MAIL/i.test(data)) return { command, sender: address, recipient: null };
  const { sender = null, recipient = null } = before ?? {};
  return { command, sender, recipient: /^RCPT/i.test(data) ? address : recipient };
}
