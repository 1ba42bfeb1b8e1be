import type { Stage } from '../../../model/smtp.js';
import { addressIn, cleanIp } from '../../addresses.js';
import { stageOfCommand } from '../../commands.js';
import { readReply } from '../../embedded-reply.js';
import { decodeUtf8 } from '../line.js';
import { attempt } from '../make-event.js';
import { LogRecord } from '../record.js';
import type { Emit, LogSource } from '../source.js';

/*
 * The SMTP service of Exchange 2000 and 2003 (and of IIS), W3C extended log: a table whose columns are
 * parted by blanks, blanks in values written `+`. A row is one command or one reply of a connection;
 * connections have no number, so the last command to the same address counts.
 */

const MAX_HOSTS = 500;

interface Connection {
  stage: Stage | null;
  sender: string | null;
  recipient: string | null;
}

export const iisSmtp: LogSource = {
  id: 'iis-smtp-log',
  ofRecord: (record) => record.has('csmethod') && record.has('cip'),
  fragments: [' OutboundConnectionCommand ', ' OutboundConnectionResponse '],
  open: () => {
    const connections = new Map<string, Connection>();
    return {
      record: (record, emit) => readRow(record, connections, emit),
      line: (line, emit) => readRow(rowWithoutNames(decodeUtf8(line.bytes())), connections, emit),
    };
  },
};

/** A row whose columns' names were not copied: the columns around the kind, when all are logged. */
function rowWithoutNames(row: string): LogRecord {
  const values = row.trim().split(/\s+/);
  const kind = values.findIndex((value) => value.startsWith('OutboundConnection'));
  const at = (place: number) => values[place] ?? '';
  return new LogRecord(
    new Map([
      ['date', at(0)],
      ['time', at(1)],
      ['cip', at(kind - 1)],
      ['csusername', at(kind)],
      ['scomputername', at(kind + 2)],
      ['csmethod', at(kind + 5)],
      ['csuriquery', at(kind + 7)],
    ]),
  );
}

function readRow(record: LogRecord, connections: Map<string, Connection>, emit: Emit): void {
  const kind = record.get('csusername');
  const address = record.get('cip');
  const words = record.get('csuriquery').replaceAll('+', ' ').trim();
  if (kind === 'OutboundConnectionCommand') {
    const connection = connectionTo(address, connections);
    noteCommand(connection, `${record.get('csmethod')} ${words}`);
    return;
  }
  if (kind !== 'OutboundConnectionResponse') return;
  const connection = connectionTo(address, connections);
  if (words.startsWith('354')) connection.stage = 'message';
  const embedded = readReply(words);
  const delivered = words.startsWith('250') && connection.stage === 'message';
  if (embedded === null && !delivered) return;
  const { stage, sender, recipient } = connection;
  emit(
    attempt({
      source: iisSmtp.id,
      when: `${record.get('date')} ${record.get('time')}`.trim() || null,
      logHost: record.get('scomputername') || null,
      sender,
      recipient,
      address: cleanIp(address),
      outcome:
        embedded === null
          ? { kind: 'accepted' }
          : { kind: 'refused', ...embedded, stage, final: embedded.reply.code >= 500 },
    }),
  );
}

function connectionTo(address: string, connections: Map<string, Connection>): Connection {
  const known = connections.get(address);
  if (known !== undefined) return known;
  if (connections.size >= MAX_HOSTS) connections.clear();
  const fresh: Connection = { stage: 'connect', sender: null, recipient: null };
  connections.set(address, fresh);
  return fresh;
}

function noteCommand(connection: Connection, said: string): void {
  const stage = stageOfCommand(said);
  if (stage === null) return;
  connection.stage = stage;
  if (stage === 'mail') {
    connection.sender = addressIn(said);
    connection.recipient = null;
  }
  if (stage === 'rcpt') connection.recipient = addressIn(said);
}
