import { addressIn, cleanAddress, cleanHost, cleanIp } from '../addresses.js';
import { type EmbeddedReply, readReply } from '../embedded-reply.js';
import { type Fate, type Finding, finding } from '../finding.js';
import { between } from './between.js';
import { readStamp } from './timestamps.js';

const DAEMON =
  /(?:^|\s)(\S{1,255})\s+(?:sendmail|sm-mta|sm-que|sendmail-[a-z]{1,10})\[\d{1,10}\]: /;
const STATUS =
  /, stat=(Deferred|Service unavailable|User unknown|[A-Z][A-Za-z -]{2,60})(?:: (.*))?$/;
const RELAY = /\brelay=([^\s,[\]]{1,255})?\s?\[([^\]]{1,64})\]/;

/**
 * Reads a line of sendmail that tells of a refusal: `stat=Deferred: 450 ...` of a delivery, or
 * `reject=451 ...` of a ruleset or milter. Null for every other line.
 */
export function parseSendmailLine(line: string): Finding | null {
  const daemon = DAEMON.exec(line);
  if (daemon === null) return null;
  const told = readReject(line) ?? readDelivery(line);
  if (told === null) return null;
  return finding({
    source: 'sendmail-log',
    software: 'sendmail',
    when: readStamp(line)?.when ?? null,
    reportingHost: cleanHost(daemon[1] ?? ''),
    ...told,
  });
}

type Told = Partial<Finding>;

function readDelivery(line: string): Told | null {
  const status = STATUS.exec(line);
  if (status === null || status[1] === 'Sent' || status[1]?.startsWith('queued')) return null;
  // 8.16 and later log what the host said in a field of its own.
  const said = between(line, ', reply=', ', stat=') ?? status[2] ?? '';
  const embedded = readReply(said.replace(/^[^:]{1,60}: (?=[45]\d\d[ -])/, ''));
  const relay = RELAY.exec(line);
  const recipient = recipientsIn(between(line, ' to=', ', ') ?? '');
  const deferred = status[1] === 'Deferred';
  if (embedded === null && !deferred) return null;
  const fate: Fate = deferred ? 'deferred' : 'rejected';
  return {
    ...(embedded === null ? { failure: status[2] ?? 'Deferred' } : replyOf(embedded)),
    fate,
    // sendmail does not log the command; what names a recipient was said to RCPT.
    stage:
      embedded !== null && recipient !== null && said.includes(`<${recipient}>`) ? 'rcpt' : null,
    recipient,
    remoteHost: cleanHost(relay?.[1] ?? ''),
    remoteAddress: cleanIp(relay?.[2] ?? ''),
  };
}

/** Incoming: `ruleset=check_rcpt, arg1=<..>, relay=.., reject=450 ...` or `Milter: to=<..>, reject=...`. */
function readReject(line: string): Told | null {
  const start = line.indexOf(', reject=');
  const embedded = start < 0 ? null : readReply(line.slice(start + ', reject='.length));
  if (embedded === null) return null;
  const relay = RELAY.exec(line);
  const recipient = between(line, ' to=', ', ') ?? between(line, 'arg1=', ', ') ?? '';
  return {
    ...replyOf(embedded),
    direction: 'incoming',
    fate: embedded.reply.code < 500 ? 'deferred' : 'rejected',
    stage: stageOfReject(line),
    recipient: /check_mail/.test(line) ? null : recipientsIn(recipient),
    remoteHost: cleanHost(relay?.[1] ?? ''),
    remoteAddress: cleanIp(relay?.[2] ?? ''),
  };
}

function stageOfReject(line: string): Finding['stage'] {
  if (/ruleset=check_rcpt|Milter: to=/.test(line)) return 'rcpt';
  if (/ruleset=check_mail|Milter: from=/.test(line)) return 'mail';
  if (/ruleset=check_relay|Milter: connect/.test(line)) return 'connect';
  return /Milter: (?:data|body|eom)/.test(line) ? 'message' : null;
}

/** `<a@example.org>,<b@example.org>`: the first stands for all. */
function recipientsIn(text: string): string | null {
  return cleanAddress(text.split(',')[0] ?? '') ?? addressIn(text);
}

function replyOf(embedded: EmbeddedReply): Pick<Finding, 'reply' | 'codeAssumed'> {
  return { reply: embedded.reply, codeAssumed: embedded.codeAssumed };
}
