import { cleanAddress, cleanHost, cleanIp } from '../../addresses.js';
import { readExchangeStatus } from '../../bounces/exchange-status.js';
import { readReply } from '../../embedded-reply.js';
import type { LoggedOutcome } from '../events.js';
import { attempt } from '../make-event.js';
import type { LogRecord } from '../record.js';
import type { Emit, LogSource } from '../source.js';

/*
 * PowerMTA's accounting files: a table with `type` d (delivered), b (bounced), t (tried in vain, kept),
 * rb and rs (reports about other servers' mail), the reply in `dsnDiag`.
 */

export const powermta: LogSource = {
  id: 'powermta-log',
  ofRecord: (record) => record.has('rcpt') && record.has('type') && record.has('dsnstatus'),
  open: () => ({ record: readRecord }),
};

function readRecord(record: LogRecord, emit: Emit): void {
  const type = record.get('type');
  if (!/^(?:d|b|t|tq)$/.test(type)) return;
  const mta = /^(\S*?)(?: ?\(([^()]{2,64})\))?$/.exec(record.get('dsnmta'));
  const outcome = outcomeOf(record, type);
  if (outcome === null) return;
  emit(
    attempt({
      source: powermta.id,
      when: record.get('timelogged') || null,
      message: record.get('msgid', 'jobid') || null,
      sender: cleanAddress(record.get('orig')),
      recipient: cleanAddress(record.get('rcpt')),
      host: cleanHost(mta?.[1] ?? ''),
      address: cleanIp(mta?.[2] ?? '') ?? cleanIp(record.get('dlvdestinationip')),
      localAddress: cleanIp(record.get('dlvsourceip')),
      outcome,
    }),
  );
}

function outcomeOf(record: LogRecord, type: string): LoggedOutcome | null {
  if (type === 'd') return { kind: 'accepted' };
  const diagnostic = record.get('dsndiag');
  const embedded =
    readExchangeStatus(diagnostic) ?? readReply(`${record.get('dsnstatus')} ${diagnostic}`);
  const final = type === 'b';
  if (embedded === null || diagnostic === '') {
    const reason = (diagnostic || record.get('dsnstatus')).slice(0, 500);
    return reason === '' ? null : { kind: 'own-side', reason, final };
  }
  const { reply, codeAssumed } = embedded;
  return { kind: 'refused', reply, codeAssumed, stage: null, final };
}
