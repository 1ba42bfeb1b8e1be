import { cleanAddress, cleanHost, cleanIp } from '../../addresses.js';
import type { LoggedDecision } from '../events.js';
import { decision } from '../make-event.js';
import type { Emit, LogLine, LogSource } from '../source.js';

type Told = Parameters<typeof decision>[0];

/*
 * SQLgrey: `grey: new: 192.0.2.25(192.0.2.25), a@b -> u@e`, `early reconnect`, `reconnect ok ... (61)`
 * with the age in seconds; `from awl match: updating 192.0.2.25(192.0.2.25), a@b(a@b)` and `domain awl match:
 * updating 192.0.2.25(192.0.2.25), b` let a client in without any waiting, for whatever recipient.
 */

const LINE =
  /(?:^|\s)(?:grey|whitelist|spf|optin): (new|early reconnect|reconnect ok|(?:domain|from) awl match|[a-z ]{3,30}): ([\da-fA-F.:]{2,45})(?:\(([\da-fA-F.:]{2,45})\))?, (\S+) -> (\S+?)(?: \((\d{1,9})\))?$/;

/** The address in parentheses is the client's; the one before it may be its network. */
const LISTED =
  /(?:^|\s)grey: (?:domain|from) awl match: updating [\da-fA-F.:]{2,45}\(([\da-fA-F.:]{2,45})\), ([^\s()]{1,320})/;

export const sqlgrey: LogSource = {
  id: 'sqlgrey-log',
  ofProgram: (program) => program === 'sqlgrey',
  fragments: ['grey: new: ', 'grey: early reconnect: ', 'grey: reconnect ok: '],
  open: () => ({ line: readLine }),
};

function readLine(line: LogLine, emit: Emit): void {
  const words = line.words().trimEnd();
  const listed = LISTED.exec(words);
  if (listed !== null) readListed(line, listed, emit);
  const found = LINE.exec(words);
  if (found === null) return;
  const [, how = '', network = '', client = network, sender = '', recipient = '', age] = found;
  emit(
    decided(line, {
      decided: decidedBy(how),
      clientAddress: cleanIp(client),
      sender: cleanAddress(sender),
      recipient: cleanAddress(recipient),
      ageSeconds: age === undefined ? null : Number(age),
      early: how === 'early reconnect',
    }),
  );
}

function readListed(line: LogLine, [, client = '', whom = '']: RegExpExecArray, emit: Emit): void {
  emit(
    decided(line, {
      decided: 'exempt',
      clientAddress: cleanIp(client),
      sender: cleanAddress(whom),
      ...(whom.includes('@') ? {} : { senderDomain: cleanHost(whom) }),
    }),
  );
}

function decided(line: LogLine, told: Omit<Told, 'source' | 'greylister'>): LoggedDecision {
  return decision({
    source: sqlgrey.id,
    greylister: 'sqlgrey',
    when: line.when(),
    logHost: line.logHost(),
    stage: 'rcpt',
    ...told,
  });
}

function decidedBy(how: string): LoggedDecision['decided'] {
  if (how === 'new' || how === 'early reconnect') return 'refused';
  return how === 'reconnect ok' ? 'passed' : 'exempt';
}
