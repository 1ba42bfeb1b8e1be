import { cleanAddress, cleanHost, cleanIp } from '../../addresses.js';
import { decision } from '../make-event.js';
import type { Emit, LogLine, LogSource } from '../source.js';

/*
 * Postgrey. `delay=` stands on the first pass of a tuple only; passes for other reasons (client AWL,
 * whitelists) did not wait.
 *
 *   action=greylist, reason=early-retry (173s missing), client_name=.., client_address=.., sender=..,
 *   recipient=..
 *   action=pass, reason=triplet found, delay=904, client_name=..
 */

export const postgrey: LogSource = {
  id: 'postgrey-log',
  ofProgram: (program) => program === 'postgrey' || program.endsWith('/postgrey'),
  ofLine: ({ chunk, start }) => chunk.startsWith('action=', start),
  fragments: ['action=greylist, reason=', 'action=pass, reason='],
  open: () => ({ line: readLine }),
};

function readLine(line: LogLine, emit: Emit): void {
  const words = line.words();
  const at = words.indexOf('action=');
  if (at < 0) return;
  const [, action = '', reason = ''] = /action=(greylist|pass), reason=([^,]*)/.exec(words) ?? [];
  if (action === '') return;
  const waited = /, delay=(\d{1,9})/.exec(words)?.[1];
  const missing = /\((\d{1,9})s missing\)/.exec(reason)?.[1];
  emit(
    decision({
      source: postgrey.id,
      greylister: 'postgrey',
      when: line.when(),
      logHost: line.logHost(),
      decided: action === 'greylist' ? 'refused' : waited === undefined ? 'exempt' : 'passed',
      client: cleanHost(field(words, 'client_name')),
      clientAddress: cleanIp(field(words, 'client_address').replace(/\/\d{1,3}$/, '')),
      sender: cleanAddress(field(words, 'sender')),
      recipient: cleanAddress(field(words, 'recipient')),
      ageSeconds: waited === undefined ? null : Number(waited),
      missingSeconds: missing === undefined ? null : Number(missing),
      early: reason.startsWith('early-retry'),
      stage: 'rcpt',
    }),
  );
}

function field(words: string, name: string): string {
  return new RegExp(`, ${name}=([^,\\s]*)`).exec(words)?.[1] ?? '';
}
