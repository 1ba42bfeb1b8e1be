import { cleanAddress, cleanHost, cleanIp } from '../../addresses.js';
import { readReply } from '../../embedded-reply.js';
import type { LoggedOutcome, LogSourceId } from '../events.js';
import { attempt } from '../make-event.js';
import type { Emit, LogReader, LogSource } from '../source.js';
import { postfixOutcome } from './postfix.js';

/*
 * Lists of a queue, by `mailq`. Postfix writes a reason above the recipients that wait for it, sendmail
 * below the sender:
 *
 *   4dlPx00001     2831 Mon Jan  5 10:00:00  alice@sender.example
 *   (host mx.example.org[192.0.2.1] said: 450 4.2.0 Greylisted (in reply to RCPT TO command))
 *                                            user@example.org
 */

const MESSAGE =
  /^([0-9A-Za-z]{5,24})[*!X-]{0,2} +\d{1,12} [A-Z][a-z]{2} ([A-Z][a-z]{2} [ \d]\d \d\d:\d\d(?::\d\d)?) +(\S+)/;
const REASON = /^\s*\((.{3,4000})\)\s*$/s;
/** A reason that whoever copied it wrapped, and the rest of it. */
const BEGIN = /^\((?:host|connect|lost|conversation|delivery) [^\n]{3,2000}$/;
const REST = /^\((?:in reply to [A-Za-z ]{2,40})\)\)$/;
const RECIPIENT = /^\s{4,}<?([^\s<>]{1,255}@[^\s<>]{1,255})>?\s*$/;

export const mailq: LogSource = {
  id: 'postfix-queue',
  ofLine: (line) => {
    const code = line.chunk.charCodeAt(line.start);
    if (code === 0x28) return REASON.test(line.bytes()) || BEGIN.test(line.bytes());
    const bytes = line.bytes();
    if (code === 0x20 || code === 0x09) return RECIPIENT.test(bytes) || REASON.test(bytes);
    return MESSAGE.test(bytes);
  },
  open: mailqReader,
};

interface Waiting {
  message: string | null;
  when: string | null;
  sender: string | null;
  reason: string | null;
  begun: string;
}

function mailqReader(): LogReader {
  let waiting: Waiting = { message: null, when: null, sender: null, reason: null, begun: '' };
  return {
    line(line, emit) {
      const text = line.words();
      const found = MESSAGE.exec(text);
      if (found !== null) {
        const [, message = null, when = null, sender = ''] = found;
        waiting = { message, when, sender: cleanAddress(sender), reason: null, begun: '' };
        return;
      }
      if (BEGIN.test(text) && !REASON.test(text)) {
        waiting.begun = text;
        return;
      }
      const whole = REST.test(text.trim()) ? `${waiting.begun} ${text.trim()}` : text;
      const reason = REASON.exec(whole)?.[1];
      if (reason !== undefined) waiting.reason = reason;
      else readRecipient(text, waiting, emit);
    },
  };
}

function readRecipient(text: string, { message, when, sender, reason }: Waiting, emit: Emit): void {
  const recipient = cleanAddress(RECIPIENT.exec(text)?.[1] ?? '');
  if (recipient === null || reason === null) return;
  const read = reason.startsWith('Deferred') ? ofSendmail(reason) : ofPostfix(reason);
  if (read === null) return;
  emit(attempt({ ...read, message, when, sender, recipient }));
}

type Read = Pick<Parameters<typeof attempt>[0], 'source' | 'outcome' | 'host' | 'address'>;

function ofPostfix(reason: string): Read | null {
  const read = postfixOutcome(reason);
  if (read === null) return null;
  return { source: mailq.id, outcome: read.outcome, host: read.host, address: read.address };
}

/** `Deferred: 451 4.7.1 Greylisted`, `Deferred: Connection timed out with mx.example.org.`; cut at 80. */
function ofSendmail(reason: string): Read {
  const source: LogSourceId = 'sendmail-queue';
  const words = reason.replace(/^Deferred:? ?/, '');
  const embedded = readReply(words);
  const host = / with (\S{3,255}?)\.?$/.exec(words)?.[1] ?? '';
  const outcome: LoggedOutcome =
    embedded === null
      ? { kind: 'own-side', reason: words || 'Deferred', final: false }
      : { kind: 'refused', ...embedded, stage: null, final: false };
  return { source, outcome, host: cleanHost(host), address: cleanIp(host) };
}
