import { cleanAddress, cleanHost, cleanIp } from '../../addresses.js';
import { readReply } from '../../embedded-reply.js';
import { unitSeconds } from '../durations.js';
import type { LoggedOutcome } from '../events.js';
import { attempt } from '../make-event.js';
import type { Emit, LogLine, LogSource } from '../source.js';

/*
 * OpenSMTPD: sender, recipient, both addresses and the reply in one line.
 *
 *   8a6f mta delivery evpid=b194 from=<a@b> to=<u@e> rcpt=<-> source="192.0.2.25" relay="192.0.2.9
 *   (mx.e)" delay=6m41s result="TempFail" stat="451 4.7.1 Greylisted"
 *   relay: TempFail for b194: session=8a6f, from=<a@b>, to=<u@e>, rcpt=<->, source=192.0.2.25,
 *   relay=192.0.2.9 (mx.e), delay=1s, stat=451 4.7.1 Greylisted         (before 6.0)
 *
 * And its queue, as `smtpctl show queue` lists it: envelope, family, type, flags, sender, recipient before and
 * after aliases, arrival, expiry, last try, tries, state, seconds to the next one, the last error.
 */

const ENVELOPE_DIGITS = 16;
const BAR = 0x7c;
const QUEUED = /^[0-9a-f]{16}\|(?:local|inet[46])\|mta\|/;
const QUEUE_COLUMNS_TO_ERROR = 6;

const RESULT =
  /result="(Ok|TempFail|PermFail)"|(?:smtp-out|relay|mta): (Ok|TempFail|PermFail) for /;

export const opensmtpd: LogSource = {
  id: 'opensmtpd-log',
  ofProgram: (program) => program === 'smtpd',
  ofLine: ({ chunk, start }) =>
    chunk.charCodeAt(start + ENVELOPE_DIGITS) === BAR &&
    QUEUED.test(chunk.slice(start, start + 40)),
  fragments: [' mta delivery evpid='],
  open: () => ({ line: readLine }),
};

function readLine(line: LogLine, emit: Emit): void {
  if (line.program === '' && line.chunk.charCodeAt(line.start + ENVELOPE_DIGITS) === BAR) {
    readQueued(line, emit);
    return;
  }
  const { chunk, body, end } = line;
  const stat = chunk.indexOf('stat=', body);
  if (stat < 0 || stat >= end) return;
  const words = line.words();
  const result = RESULT.exec(words.slice(0, words.indexOf('stat=')));
  if (result === null) return;
  const relay = fieldOf(words, 'relay');
  const address = /^\[?([^\s()\]]{1,64})\]?/.exec(relay)?.[1] ?? '';
  const host =
    /\(([^()\s]{1,255})\)/.exec(relay)?.[1] ?? (cleanIp(address) === null ? address : '');
  emit(
    attempt({
      source: opensmtpd.id,
      when: line.when(),
      logHost: line.logHost(),
      message:
        /evpid=([0-9a-f]{8,16})| for ([0-9a-f]{8,16}):/.exec(words)?.slice(1).find(Boolean) ?? null,
      sender: cleanAddress(fieldOf(words, 'from')),
      recipient: recipientOf(words),
      host: cleanHost(host),
      address: cleanIp(address),
      localAddress: cleanIp(fieldOf(words, 'source')),
      sinceArrivalSeconds: unitSeconds(fieldOf(words, 'delay')),
      outcome: outcomeOf(result[1] ?? result[2] ?? '', statOf(words)),
    }),
  );
}

/** A row of the queue; the reply may hold bars of its own. */
function readQueued(line: LogLine, emit: Emit): void {
  const [message = '', , , , sender = '', , recipient = '', ...rest] = line.words().split('|');
  const stat = rest.slice(QUEUE_COLUMNS_TO_ERROR).join('|');
  if (stat === '') return;
  emit(
    attempt({
      source: opensmtpd.id,
      message,
      sender: cleanAddress(sender),
      recipient: cleanAddress(recipient),
      outcome: outcomeOf('TempFail', stat),
    }),
  );
}

/** `rcpt` is the address before aliases; `-` where they are the same. */
function recipientOf(words: string): string | null {
  return cleanAddress(fieldOf(words, 'to')) ?? cleanAddress(fieldOf(words, 'rcpt'));
}

/** `name="a b"`, `name=<a>`, `name=a b,`. */
function fieldOf(words: string, name: string): string {
  const found = new RegExp(
    `(?:^|[ ,])${name}=(?:"([^"]{0,400})"|<([^>]{0,400})>|([^,]{0,400}),)`,
  ).exec(words);
  return found?.slice(1).find((part) => part !== undefined) ?? '';
}

function statOf(words: string): string {
  const said = words.slice(words.indexOf('stat=') + 'stat='.length);
  return said.startsWith('"') ? said.slice(1, said.lastIndexOf('"')) : said;
}

function outcomeOf(result: string, stat: string): LoggedOutcome {
  if (result === 'Ok') return { kind: 'accepted' };
  const final = result === 'PermFail';
  const embedded = readReply(stat);
  return embedded === null
    ? { kind: 'own-side', reason: stat.slice(0, 500), final }
    : { kind: 'refused', ...embedded, stage: null, final };
}
