import type { Stage } from '../../../model/smtp.js';
import { addressIn, cleanAddress, cleanHost, cleanIp } from '../../addresses.js';
import { assumeReply, readReply } from '../../embedded-reply.js';
import { between } from '../between.js';
import { clockSeconds } from '../durations.js';
import type { LoggedOutcome } from '../events.js';
import type { Emit, LogLine, LogSource } from '../source.js';

/*
 * sendmail: `to=<a>,<b>, delay=00:00:02, xdelay=.., relay=mx. [ip], dsn=.., [reply=.., ]stat=...` for
 * deliveries, `from=<..>, size=..` for arrivals, `reject=` for what a ruleset or a milter refused.
 */

const STATUS =
  /, stat=(Deferred|Sent|Service unavailable|User unknown|[A-Z][A-Za-z -]{2,60})(?:: (.*)| \(.*)?$/;
const RELAY = /\brelay=([^\s,[\]]{1,255})?\s?\[([^\]]{1,64})\]/;
const MAX_ID = 24;
/** Recipients of one line that are told apart. */
const MAX_RECIPIENTS = 200;

export const sendmail: LogSource = {
  id: 'sendmail-log',
  ofProgram: (program) =>
    /^(?:sendmail|sm-mta|sm-que|sm-msp-queue|sendmail-[a-z]{1,10})$/.test(program),
  fragments: [', stat=Deferred: ', ', reject=4'],
  open: () => ({ line: readLine }),
};

function readLine(line: LogLine, emit: Emit): void {
  const { chunk, body } = line;
  const colon = chunk.indexOf(': ', body);
  const hasId = colon > body && colon <= body + MAX_ID;
  const at = hasId ? colon + 2 : body;
  const message = hasId ? chunk.slice(body, colon) : null;
  if (chunk.startsWith('from=', at)) {
    readArrival(line, message, emit);
    return;
  }
  const words = line.words();
  if (words.includes(', stat=')) readDelivery(line, message, words, emit);
  else if (words.includes(', reject=')) readReject(line, message, words, emit);
}

function told(line: LogLine, message: string | null) {
  return {
    source: sendmail.id,
    when: line.when(),
    logHost: line.logHost(),
    instance: null,
    message,
  } as const;
}

function readArrival(line: LogLine, message: string | null, emit: Emit): void {
  const sender = between(line.words(), 'from=', ',') ?? '';
  emit({ kind: 'active', ...told(line, message), sender: sender.replace(/^<|>$/g, '') });
}

function readDelivery(line: LogLine, message: string | null, words: string, emit: Emit): void {
  const status = STATUS.exec(words);
  if (status === null) return;
  const relay = RELAY.exec(words);
  const listed = recipientsIn(
    between(`, ${words.replace(/^[^ ]{1,24}: /, '')}`, ', to=', ', ') ?? '',
  );
  // 8.16 and later log what the host said in a field of its own.
  const said = between(words, ', reply=', ', stat=') ?? status[2] ?? '';
  for (const recipient of listed.length === 0 ? [null] : listed) {
    const outcome = outcomeOf(status, said, recipient, words);
    if (outcome === null) return;
    emit({
      kind: 'attempt',
      ...told(line, message),
      recipient,
      sender: null,
      host: cleanHost(relay?.[1] ?? ''),
      address: cleanIp(relay?.[2] ?? ''),
      localAddress: null,
      sinceArrivalSeconds: clockSeconds(between(words, ', delay=', ',') ?? ''),
      arrivedAt: null,
      durationSeconds: clockSeconds(between(words, ', xdelay=', ',') ?? ''),
      outcome,
    });
  }
}

function outcomeOf(
  status: RegExpExecArray,
  said: string,
  recipient: string | null,
  words: string,
): LoggedOutcome | null {
  if (status[1] === 'Sent') return { kind: 'accepted' };
  if (status[1]?.startsWith('queued') === true) return null;
  const embedded = readReply(said.replace(/^[^:]{1,60}: (?=[45]\d\d[ -])/, ''));
  const final = status[1] !== 'Deferred';
  if (embedded === null) {
    return final
      ? refusalWithoutReply(status[1] ?? '', words)
      : { kind: 'own-side', reason: status[2] ?? 'Deferred', final };
  }
  // sendmail does not log the command; what names a recipient was said to RCPT.
  const stage = recipient !== null && said.includes(`<${recipient}>`) ? 'rcpt' : null;
  return { kind: 'refused', ...embedded, stage, final };
}

/** `relay=mx. [192.0.2.1], dsn=5.1.1, stat=User unknown`: a host refused, and its words are not logged. */
function refusalWithoutReply(stat: string, words: string): LoggedOutcome | null {
  const [, enhanced = null] = / dsn=(5\.\d{1,3}\.\d{1,3}),/.exec(words) ?? [];
  if (enhanced === null || cleanIp(RELAY.exec(words)?.[2] ?? '') === null) return null;
  return { kind: 'refused', ...assumeReply(550, enhanced, stat), stage: null, final: true };
}

/** Incoming: `ruleset=check_rcpt, arg1=<..>, relay=.., reject=450 ...` or `Milter: to=<..>, reject=...`. */
function readReject(line: LogLine, message: string | null, words: string, emit: Emit): void {
  const start = words.indexOf(', reject=');
  const embedded = readReply(words.slice(start + ', reject='.length));
  if (embedded === null) return;
  const relay = RELAY.exec(words);
  const recipient = between(words, ' to=', ', ') ?? between(words, 'arg1=', ', ') ?? '';
  emit({
    kind: 'decision',
    ...told(line, message),
    decided: 'refused',
    greylister: null,
    client: cleanHost(relay?.[1] ?? ''),
    clientAddress: cleanIp(relay?.[2] ?? ''),
    sender: cleanAddress(between(words, ' from=', ', ') ?? ''),
    recipient: /check_mail/.test(words) ? null : (recipientsIn(recipient)[0] ?? null),
    ageSeconds: null,
    missingSeconds: null,
    early: false,
    ...embedded,
    stage: stageOfReject(words),
  });
}

function stageOfReject(words: string): Stage | null {
  if (/ruleset=check_rcpt|Milter: to=/.test(words)) return 'rcpt';
  if (/ruleset=check_mail|Milter: from=/.test(words)) return 'mail';
  if (/ruleset=check_relay|Milter: connect/.test(words)) return 'connect';
  return /Milter: (?:data|body|eom)/.test(words) ? 'message' : null;
}

/** `<a@example.org>,<b@example.org>`. */
function recipientsIn(text: string): string[] {
  const found: string[] = [];
  for (const part of text.split(',', MAX_RECIPIENTS)) {
    const address = cleanAddress(part) ?? addressIn(part);
    if (address !== null) found.push(address);
  }
  return found;
}
