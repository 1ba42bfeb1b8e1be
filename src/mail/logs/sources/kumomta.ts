import { cleanAddress, cleanHost, cleanIp } from '../../addresses.js';
import { stageOfCommand } from '../../commands.js';
import { readReply } from '../../embedded-reply.js';
import type { LoggedOutcome } from '../events.js';
import { attempt } from '../make-event.js';
import type { LogRecord } from '../record.js';
import type { Emit, LogSource } from '../source.js';

/* KumoMTA: one JSON object a line, `type` says what: Reception, Delivery, TransientFailure, Bounce. */

const KINDS = new Set(['Delivery', 'TransientFailure', 'Bounce', 'Expiration', 'AdminBounce']);

export const kumomta: LogSource = {
  id: 'kumomta-log',
  ofRecord: (record) =>
    record.has('type') &&
    record.has('sender') &&
    (record.has('queue') || record.has('response.content')) &&
    (record.has('recipient') || record.has('recipient.0')),
  open: () => ({ record: readRecord }),
};

function readRecord(record: LogRecord, emit: Emit): void {
  const type = record.get('type');
  const sender = record.get('sender');
  const told = {
    source: kumomta.id,
    when: whenOf(record),
    logHost: cleanHost(record.get('nodename', 'hostname')),
    instance: null,
    message: record.get('id') || null,
  } as const;
  if (type === 'Reception') emit({ kind: 'active', ...told, sender });
  if (!KINDS.has(type)) return;
  const recipient = cleanAddress(record.get('recipient', 'recipient.0'));
  if (type === 'Expiration') emit({ kind: 'gone', ...told, why: 'expired', recipient });
  const created = Number(record.get('created'));
  emit(
    attempt({
      ...told,
      sender: cleanAddress(sender),
      recipient,
      host: cleanHost(record.get('peeraddress.name')),
      address: cleanIp(record.get('peeraddress.addr')),
      localAddress: cleanIp(record.get('sourceaddress.address').replace(/:\d{1,5}$/, '')),
      arrivedAt: created > 0 ? created : null,
      outcome: outcomeOf(record, type),
    }),
  );
}

function whenOf(record: LogRecord): string | null {
  const seconds = Number(record.get('timestamp'));
  const told = record.get('eventtime');
  if (told !== '') return told;
  return seconds > 0 && seconds < 1e11 ? new Date(seconds * 1000).toISOString() : null;
}

function outcomeOf(record: LogRecord, type: string): LoggedOutcome {
  if (type === 'Delivery') return { kind: 'accepted' };
  const final = type !== 'TransientFailure';
  const part = (name: string) => record.get(`response.enhancedcode.${name}`);
  const enhanced =
    part('class') === '' ? '' : `${part('class')}.${part('subject')}.${part('detail')} `;
  const said = `${record.get('response.code')} ${enhanced}${record.get('response.content')}`;
  const embedded = readReply(said);
  if (embedded === null) {
    return { kind: 'own-side', reason: record.get('response.content').slice(0, 500), final };
  }
  const stage = stageOfCommand(record.get('response.command'));
  return { kind: 'refused', ...embedded, stage, final };
}
