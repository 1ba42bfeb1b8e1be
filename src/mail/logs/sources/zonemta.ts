import { cleanAddress, cleanHost, cleanIp } from '../../addresses.js';
import { readReply } from '../../embedded-reply.js';
import type { LoggedOutcome } from '../events.js';
import { attempt } from '../make-event.js';
import type { Emit, LogLine, LogSource } from '../source.js';

/*
 * ZoneMTA: `info Sender/default/4711 id=s1 19f0a1b2c3d4.001 DEFERRED[greylist] from=a@b to=u@e
 * src=192.0.2.25 mx=mx.e[192.0.2.9] message-id=<..> (451 4.7.1 Greylisted)`.
 */

const DELIVERY =
  /(?:^| )(?:id=\S{1,64} )?([0-9a-f]{10,24}\.[0-9a-f]{3}) (ACCEPTED|DEFERRED|REJECTED)(?:\[[^\]]{0,60}\])? (from=.*?) \((.*)\)\s*$/s;

const VERDICT = / (?:ACCEPTED|DEFERRED|REJECTED)(?:\[[^\]]{0,60}\])? from=/;

export const zonemta: LogSource = {
  id: 'zonemta-log',
  ofProgram: (program) => /^zone-?mta/i.test(program),
  ofLine: (line) => VERDICT.test(line.bytes()),
  open: () => ({ line: readLine }),
};

function readLine(line: LogLine, emit: Emit): void {
  const found = DELIVERY.exec(line.words());
  if (found === null) return;
  const [, message = '', verdict = '', fields = '', said = ''] = found;
  const field = (name: string) => new RegExp(`(?:^| )${name}=(\\S*)`).exec(fields)?.[1] ?? '';
  const mx = /^([^[]*)(?:\[([^\]]*)\])?/.exec(field('mx'));
  emit(
    attempt({
      source: zonemta.id,
      when: line.when(),
      message,
      sender: cleanAddress(field('from')),
      recipient: cleanAddress(field('to')),
      localAddress: cleanIp(field('src')),
      host: cleanHost(mx?.[1] ?? ''),
      address: cleanIp(mx?.[2] ?? ''),
      outcome: outcomeOf(verdict, said),
    }),
  );
}

function outcomeOf(verdict: string, said: string): LoggedOutcome {
  if (verdict === 'ACCEPTED') return { kind: 'accepted' };
  const final = verdict === 'REJECTED';
  const embedded = readReply(said);
  return embedded === null
    ? { kind: 'own-side', reason: said.slice(0, 500), final }
    : { kind: 'refused', ...embedded, stage: null, final };
}
