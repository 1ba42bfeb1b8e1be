import { cleanAddress } from '../../addresses.js';
import { readExchangeStatus } from '../../bounces/exchange-status.js';
import { attempt } from '../make-event.js';
import type { LogRecord } from '../record.js';
import type { Emit, LogSource } from '../source.js';

/*
 * Message trace of Exchange Online, in detail: `Event : Defer`, `Detail : Reason: [{LED=451 4.7.1 ...`.
 * The trace without detail holds no reply.
 */

/** Details are asked for one message, and often do not name it. */
const THE_MESSAGE = 'the traced message';

export const exchangeOnline: LogSource = {
  id: 'exchange-online-log',
  ofRecord: (record) => record.has('event') && record.has('detail') && record.has('date'),
  open: () => ({ record: readRecord }),
};

function readRecord(record: LogRecord, emit: Emit): void {
  const event = record.get('event');
  const told = {
    source: exchangeOnline.id,
    when: record.get('date') || null,
    message: record.get('messagetraceid', 'messageid') || THE_MESSAGE,
    recipient: cleanAddress(record.get('recipientaddress', 'recipient')),
    sender: cleanAddress(record.get('senderaddress', 'sender')),
  } as const;
  if (/^(?:send external|deliver|delivered)$/i.test(event)) {
    emit(attempt({ ...told, outcome: { kind: 'accepted' } }));
    return;
  }
  const read = readExchangeStatus(record.get('detail').replace(/^Reason:\s*/i, ''));
  if (read === null) return;
  const { reply, codeAssumed } = read;
  emit(
    attempt({
      ...told,
      host: read.remoteHost,
      address: read.remoteAddress,
      outcome: { kind: 'refused', reply, codeAssumed, stage: null, final: /fail/i.test(event) },
    }),
  );
}
