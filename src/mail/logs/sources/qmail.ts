import { cleanAddress, cleanIp } from '../../addresses.js';
import { readReply } from '../../embedded-reply.js';
import type { LoggedOutcome } from '../events.js';
import { attempt } from '../make-event.js';
import type { Emit, LogLine, LogReader, LogSource } from '../source.js';

/*
 * qmail-send, by multilog with times of TAI64N or by syslog with seconds since 1970. A delivery has a
 * number of its own, which an earlier line joins to message and recipient:
 *
 *   starting delivery 77: msg 93321 to remote u@example.org
 *   delivery 77: deferral: 192.0.2.9_does_not_like_recipient./Remote_host_said:_451_4.7.1_Greylisted/
 *
 * Blanks are written `_`, line ends `/`.
 */

/** Deliveries that run at one time are few; what was never ended is forgotten. */
const MAX_OPEN = 2000;
const TAI64N = /^@4[0-9a-f]{15}[0-9a-f]{8} /;
const TAI_OFFSET = 10;
const LINE =
  /(?:starting delivery (\d+): msg (\d+) to (?:remote|local) (\S+)|delivery (\d+): (success|deferral|failure): (.*)|info msg (\d+): bytes \d+ from <([^>]*)>|end msg (\d+))/;
const SAID = /Remote_host_said:_(.*?)(?:\/Giving_up_on_[^/]*|\/STARTTLS[^/]*)?\/?$/;
const HOST = /(?:^|Connected_to_)(\[?[\da-fA-F.:]{3,45}\]?)_/;

interface Delivery {
  readonly message: string;
  readonly recipient: string | null;
}

export const qmail: LogSource = {
  id: 'qmail-log',
  ofProgram: (program) => program === 'qmail' || program === 'qmail-send',
  ofLine: ({ chunk, start }) =>
    chunk.charCodeAt(start) === 0x40 && TAI64N.test(chunk.slice(start, start + 26)),
  fragments: ['_Remote_host_said:_', '/Remote_host_said:_', ' starting delivery '],
  open: () => {
    const deliveries = new Map<string, Delivery>();
    return { line: (line, emit) => readLine(line, deliveries, emit) } satisfies LogReader;
  },
};

function readLine(line: LogLine, deliveries: Map<string, Delivery>, emit: Emit): void {
  const found = LINE.exec(line.words());
  if (found === null) return;
  const [, started, message = '', to = '', ended, how = '', words = '', info, sender = ''] = found;
  const told = {
    source: qmail.id,
    when: whenOf(line),
    logHost: line.logHost(),
    instance: null,
  } as const;
  if (started !== undefined) {
    if (deliveries.size >= MAX_OPEN) deliveries.clear();
    deliveries.set(started, { message, recipient: cleanAddress(to) });
  } else if (ended !== undefined) {
    const delivery = deliveries.get(ended);
    deliveries.delete(ended);
    const said = saidIn(words);
    emit(
      attempt({
        ...told,
        message: delivery?.message ?? null,
        recipient: delivery?.recipient ?? null,
        address: cleanIp(HOST.exec(words)?.[1] ?? ''),
        outcome: outcomeOf(how, words, said),
      }),
    );
  } else if (info !== undefined) emit({ kind: 'active', ...told, message: info, sender });
  else emit({ kind: 'gone', ...told, message: found[9] ?? null, why: 'removed', recipient: null });
}

function saidIn(words: string): string | null {
  const said = SAID.exec(words)?.[1];
  return said === undefined
    ? null
    : said.replaceAll(/\/(?=[245]\d\d[-_])/g, '\n').replaceAll('_', ' ');
}

function outcomeOf(how: string, words: string, said: string | null): LoggedOutcome {
  if (how === 'success') return { kind: 'accepted' };
  const final = how === 'failure';
  const embedded = said === null ? null : readReply(said);
  if (embedded === null) {
    const reason = words.replaceAll('_', ' ').replaceAll('/', ' ').trim().slice(0, 500);
    return { kind: 'own-side', reason, final };
  }
  const stage = words.includes('does_not_like_recipient') ? 'rcpt' : null;
  return { kind: 'refused', ...embedded, stage, final };
}

/** TAI64N as RFC 3339: nobody reads it as it stands. */
function whenOf(line: LogLine): string | null {
  const stamp = line.chunk.slice(line.start, line.start + 26);
  if (!TAI64N.test(stamp)) return line.when();
  const seconds = Number.parseInt(stamp.slice(9, 17), 16) - TAI_OFFSET;
  const milliseconds = Math.floor(Number.parseInt(stamp.slice(17, 25), 16) / 1e6);
  return new Date(seconds * 1000 + (milliseconds < 1000 ? milliseconds : 0)).toISOString();
}
