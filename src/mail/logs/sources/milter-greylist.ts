import { cleanAddress, cleanHost, cleanIp } from '../../addresses.js';
import { clockSeconds } from '../durations.js';
import type { LoggedDecision } from '../events.js';
import { decision } from '../make-event.js';
import type { Emit, LogLine, LogSource } from '../source.js';

/*
 * milter-greylist: `ID: addr mail.sender.example[203.0.113.2] from <a> to <u> delayed for 00:30:00 (ACL
 * 132)`: what is missing. `... delayed for 00:31:02` after a pass stands in the header of the mail.
 */

const LINE =
  /^(?:(\S{1,32}): )?(?:addr )?(\S{0,255})\[([^\]]{2,64})\] from (?:=?)<?([^<>\s]{0,320})>? (?:rcpt |to )<?([^<>\s:]{1,320})>?:? (delayed for|autowhitelisted|.*skipping greylist|accepted)(?: (\d[\d:+]{4,12}))?/;

export const milterGreylist: LogSource = {
  id: 'milter-greylist-log',
  ofProgram: (program) => program === 'milter-greylist',
  fragments: ['> delayed for '],
  open: () => ({ line: readLine }),
};

function readLine(line: LogLine, emit: Emit): void {
  const found = LINE.exec(line.words());
  if (found === null) return;
  const [, message = null, client = '', address = '', sender = '', recipient = '', how, time] =
    found;
  const missing = how === 'delayed for' ? clockSeconds(time ?? '') : null;
  emit(
    decision({
      source: milterGreylist.id,
      greylister: 'milter-greylist',
      when: line.when(),
      logHost: line.logHost(),
      message,
      decided: decidedBy(how ?? ''),
      client: cleanHost(client),
      clientAddress: cleanIp(address),
      sender: cleanAddress(sender),
      recipient: cleanAddress(recipient),
      missingSeconds: missing,
      stage: 'rcpt',
    }),
  );
}

function decidedBy(how: string): LoggedDecision['decided'] {
  if (how === 'delayed for') return 'refused';
  return how === 'autowhitelisted' ? 'passed' : 'exempt';
}
