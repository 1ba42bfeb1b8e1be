import { addressIn, cleanAddress, cleanHost, cleanIp } from '../addresses.js';
import { stageOfCommand } from '../commands.js';
import { type EmbeddedReply, readReply } from '../embedded-reply.js';
import { type Fate, type Finding, finding } from '../finding.js';
import { between } from './between.js';
import { readStamp } from './timestamps.js';

/** `postfix/smtp[123]: 4WQ1x: `, `postfix-out/relay/smtp[123]: `; RFC 5424: `postfix/smtp 123 - - `. */
const DAEMON =
  /postfix[\w.-]{0,40}\/(?:[\w.-]{1,40}\/){0,2}[a-z]{2,20}(?:\[\d{1,10}\]: | \d{1,10} \S{1,32} - )(?:[0-9A-Za-z]{5,20}: )?/y;
const REMOTE =
  /^(?:SASL authentication failed; server|host) ([^\s[\]]{1,255})\[([^\]]{1,64})\](?::\d{1,5})? (said|refused to talk to me): /;
const RELAY = /\brelay=([^\s[\],]{1,255})\[([^\]]{1,64})\]/;
const SUSPENDED = 'delivery temporarily suspended: ';
const IN_REPLY_TO = / \(in reply to ([A-Za-z ]{1,40}?)(?: command)?\)$/;
const REJECT =
  /reject: ([A-Z-]{2,20})(?: command)? from ([^\s[\]]{0,255})\[([^\]]{1,64})\](?::\d{1,5})?: /;

/**
 * Reads a line of Postfix that tells of a refusal: of the SMTP and LMTP clients (`status=deferred`,
 * `status=bounced`, `host ... said:`), of smtpd and postscreen (`reject:`), of milters
 * (`milter-reject:`). Null for every other line.
 */
export function parsePostfixLine(line: string): Finding | null {
  const start = line.indexOf('postfix');
  DAEMON.lastIndex = Math.max(0, start);
  const daemon = start < 0 ? null : DAEMON.exec(line);
  // What people copy often lacks the beginning; only the surest shapes count then.
  const rest = daemon === null ? line : line.slice(start + daemon[0].length);
  if (daemon === null && !/, status=|NOQUEUE: reject: /.test(line)) return null;
  const reportingHost = daemon === null ? null : hostBefore(line, start);
  const when = readStamp(line)?.when ?? null;
  return rest.includes('reject: ')
    ? readReject(rest, when, reportingHost)
    : readDelivery(rest, when, reportingHost);
}

/** The word before the daemon's name is the host that wrote the line. */
function hostBefore(line: string, end: number): string | null {
  const start = line.lastIndexOf(' ', end - 2) + 1;
  return end - start < 2 ? null : cleanHost(line.slice(start, end - 1));
}

function readDelivery(
  rest: string,
  when: string | null,
  reportingHost: string | null,
): Finding | null {
  const status = /, status=(deferred|bounced|SOFTBOUNCE) \(/.exec(rest);
  // Without a status: a mail host that refused before the next one was tried.
  if (status === null && !rest.startsWith('host ')) return null;
  const reason =
    status === null
      ? rest
      : rest.slice(status.index + status[0].length, rest.endsWith(')') ? -1 : undefined);
  const said = readSaid(reason);
  if (status === null && said === null) return null;
  const recipient = cleanAddress(between(rest, 'to=<', '>') ?? '');
  const relay = said === null ? RELAY.exec(rest) : null;
  const fate: Fate = status?.[1] === 'bounced' ? 'rejected' : 'deferred';
  return finding({
    source: 'postfix-log',
    software: 'postfix',
    when,
    reportingHost,
    fate,
    reply: said?.embedded.reply ?? null,
    codeAssumed: said?.embedded.codeAssumed ?? false,
    failure: said === null ? reason.slice(0, 500) : null,
    stage: said?.stage ?? null,
    recipient: recipient ?? (said === null ? null : addressIn(said.text)),
    remoteHost: cleanHost(said?.host ?? relay?.[1] ?? ''),
    remoteAddress: cleanIp(said?.address ?? relay?.[2] ?? ''),
  });
}

interface Said {
  readonly embedded: EmbeddedReply;
  readonly text: string;
  readonly stage: Finding['stage'];
  readonly host: string;
  readonly address: string;
}

/** `host mx[192.0.2.1] said: 450 ... (in reply to RCPT TO command)`; null when nobody said anything. */
function readSaid(reason: string): Said | null {
  const plain = reason.startsWith(SUSPENDED) ? reason.slice(SUSPENDED.length) : reason;
  const remote = REMOTE.exec(plain);
  if (remote === null) return null;
  const said = plain.slice(remote[0].length);
  const command = IN_REPLY_TO.exec(said);
  const text = command === null ? said : said.slice(0, command.index);
  const embedded = readReply(text);
  if (embedded === null) return null;
  const stage = remote[3] === 'said' ? stageOfCommand(command?.[1] ?? '') : 'connect';
  return { embedded, text, stage, host: remote[1] ?? '', address: remote[2] ?? '' };
}

function readReject(
  rest: string,
  when: string | null,
  reportingHost: string | null,
): Finding | null {
  const reject = REJECT.exec(rest);
  if (reject === null) return null;
  const detail = rest.slice(reject.index + reject[0].length);
  // The envelope stands at the end; the text before it may hold semicolons of its own.
  const envelope = detail.search(/; (?:from=<[^>]*>|to=<|proto=|client=)/);
  const embedded = readReply(envelope < 0 ? detail : detail.slice(0, envelope));
  if (embedded === null) return null;
  const tail = envelope < 0 ? '' : detail.slice(envelope);
  return finding({
    source: 'postfix-log',
    software: 'postfix',
    when,
    reportingHost,
    direction: 'incoming',
    fate: embedded.reply.code < 500 ? 'deferred' : 'rejected',
    reply: embedded.reply,
    codeAssumed: embedded.codeAssumed,
    stage: stageOfCommand(reject[1] ?? ''),
    sender: cleanAddress(between(tail, 'from=<', '>') ?? ''),
    recipient: cleanAddress(between(tail, ' to=<', '>') ?? ''),
    remoteHost: cleanHost(reject[2] ?? ''),
    remoteAddress: cleanIp(reject[3] ?? ''),
  });
}
