import { cleanAddress, cleanHost, cleanIp } from '../../addresses.js';
import { readReply } from '../../embedded-reply.js';
import type { LoggedOutcome } from '../events.js';
import { attempt } from '../make-event.js';
import type { Emit, LogLine, LogReader, LogSource } from '../source.js';

/*
 * Haraka, outbound. The line of a refusal names no host; the one of the attempt before it does, under
 * the same id:
 *   [INFO] [B840-1.1] [outbound] Attempting to deliver to: 192.0.2.1:25 (0) (1)
 *   [NOTICE] [B840-1.1] [outbound] recipient <u@example.org> deferred: 450 4.7.1 Greylisted
 *   [NOTICE] [B840-1.1] [outbound] delivered file=.. domain=.. host=mx ip=192.0.2.1 ... delay=65.3
 */

const MAX_OPEN = 2000;
const MARK = '] [outbound] ';
const REFUSED = /^recipient <([^<>]{1,320})> (deferred|rejected|bounced): (.*)$/s;
const TRYING = /^Attempting to deliver to: \[?([^\s\]]{3,255}?)\]?:\d{1,5}(?: |$)/;

interface Delivery {
  host: string | null;
  address: string | null;
  recipient: string | null;
}

export const haraka: LogSource = {
  id: 'haraka-log',
  ofProgram: (program) => program === 'haraka' || program === 'Haraka',
  ofLine: (line) => line.bytes().includes(MARK),
  open: () => {
    const deliveries = new Map<string, Delivery>();
    return { line: (line, emit) => readLine(line, deliveries, emit) } satisfies LogReader;
  },
};

function readLine(line: LogLine, deliveries: Map<string, Delivery>, emit: Emit): void {
  const words = line.words();
  const at = words.indexOf(MARK);
  if (at < 0) return;
  const id = words.slice(words.lastIndexOf('[', at) + 1, at);
  const rest = words.slice(at + MARK.length);
  const delivery = deliveryOf(id, deliveries);
  const trying = TRYING.exec(rest)?.[1];
  if (trying !== undefined) {
    delivery.address = cleanIp(trying);
    delivery.host = delivery.address === null ? cleanHost(trying) : null;
    return;
  }
  const told = { source: haraka.id, when: line.when(), message: id } as const;
  const refused = REFUSED.exec(rest);
  if (refused !== null) {
    delivery.recipient = cleanAddress(refused[1] ?? '');
    const outcome = outcomeOf(refused[3] ?? '', refused[2] !== 'deferred');
    emit(attempt({ ...told, ...delivery, outcome }));
  } else if (rest.startsWith('delivered ')) {
    const field = (name: string) => new RegExp(` ${name}=(\\S+)`).exec(rest)?.[1] ?? '';
    emit(
      attempt({
        ...told,
        recipient: delivery.recipient,
        host: cleanHost(field('host')),
        address: cleanIp(field('ip')),
        sinceArrivalSeconds: Number.parseFloat(field('delay')) || null,
        outcome: { kind: 'accepted' },
      }),
    );
  }
}

/** `uuid.1.1` counts transactions of a connection and recipients; a later try has the same. */
function deliveryOf(id: string, deliveries: Map<string, Delivery>): Delivery {
  const known = deliveries.get(id);
  if (known !== undefined) return known;
  if (deliveries.size >= MAX_OPEN) deliveries.clear();
  const fresh: Delivery = { host: null, address: null, recipient: null };
  deliveries.set(id, fresh);
  return fresh;
}

function outcomeOf(said: string, final: boolean): LoggedOutcome {
  const embedded = readReply(said);
  return embedded === null
    ? { kind: 'own-side', reason: said.slice(0, 500), final }
    : { kind: 'refused', ...embedded, stage: null, final };
}
