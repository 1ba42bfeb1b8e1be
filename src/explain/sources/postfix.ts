import { addressIn, cleanAddress, cleanHost, cleanIp } from '../addresses.js';
import { between } from '../between.js';
import { stageOfCommand } from '../commands.js';
import { type EmbeddedReply, readReply } from '../embedded-reply.js';
import { type Fate, type Finding, finding } from '../finding.js';
import { readStamp } from '../timestamps.js';

/** `mail postfix/smtp[123]: 4WQ1x: ...`, also `postfix-out/relay/smtp`. */
const DAEMON =
  /(?:^|\s)(\S{1,255})\s+postfix[\w.-]{0,40}\/(?:[\w.-]{1,40}\/){0,2}([a-z]{2,20})\[\d{1,10}\]: (?:([0-9A-Za-z]{5,20}): )?/;
const REMOTE =
  /^host ([^\s[\]]{1,255})\[([^\]]{1,64})\](?::\d{1,5})? (said|refused to talk to me): /;
const IN_REPLY_TO = / \(in reply to ([A-Za-z ]{1,40}?)(?: command)?\)$/;
const REJECT =
  /reject: ([A-Z-]{2,20})(?: command)? from ([^\s[\]]{0,255})\[([^\]]{1,64})\](?::\d{1,5})?: /;

/**
 * Reads a line of Postfix that tells of a refusal: of the SMTP and LMTP clients (`status=deferred`,
 * `status=bounced`, `host ... said:`), of smtpd and postscreen (`reject:`), of milters
 * (`milter-reject:`). Null for every other line.
 */
export function parsePostfixLine(line: string): Finding | null {
  const daemon = DAEMON.exec(line);
  if (daemon === null) return null;
  const rest = line.slice(daemon.index + daemon[0].length);
  const common = {
    source: 'postfix-log' as const,
    when: readStamp(line)?.when ?? null,
    reportingHost: cleanHost(daemon[1] ?? ''),
    software: 'postfix' as const,
  };
  const told = rest.includes('reject: ') ? readReject(rest) : readDelivery(rest);
  return told === null ? null : finding({ ...common, ...told });
}

type Told = Partial<Finding>;

function readDelivery(rest: string): Told | null {
  const status = /, status=(deferred|bounced|SOFTBOUNCE) \(/.exec(rest);
  if (status === null) {
    // A mail host that refused before the next one was tried.
    return rest.startsWith('host ') && REMOTE.test(rest)
      ? { fate: 'deferred', ...readReason(rest) }
      : null;
  }
  const reason = rest.slice(status.index + status[0].length).replace(/\)\s*$/, '');
  const recipient = cleanAddress(between(rest, 'to=<', '>') ?? '');
  const relay = /\brelay=([^\s[\],]{1,255})\[([^\]]{1,64})\]/.exec(rest);
  const fate: Fate = status[1] === 'bounced' ? 'rejected' : 'deferred';
  return {
    fate,
    recipient,
    remoteHost: cleanHost(relay?.[1] ?? ''),
    remoteAddress: cleanIp(relay?.[2] ?? ''),
    ...readReason(reason, recipient),
  };
}

/** `host mx[192.0.2.1] said: 450 ... (in reply to RCPT TO command)`, or why nobody answered. */
function readReason(reason: string, recipient: string | null = null): Told {
  const plain = reason.replace(/^delivery temporarily suspended: /, '');
  const remote = REMOTE.exec(plain);
  const said = remote === null ? null : plain.slice(remote[0].length).trim();
  const command = said === null ? null : IN_REPLY_TO.exec(said);
  const embedded = said === null ? null : readReply(said.replace(IN_REPLY_TO, ''));
  if (remote === null || said === null || embedded === null) {
    return { failure: plain.slice(0, 500) };
  }
  return {
    ...replyOf(embedded),
    stage: remote[3] === 'said' ? stageOfCommand(command?.[1] ?? '') : 'connect',
    recipient: recipient ?? addressIn(said),
    remoteHost: cleanHost(remote[1] ?? ''),
    remoteAddress: cleanIp(remote[2] ?? ''),
  };
}

function readReject(rest: string): Told | null {
  const reject = REJECT.exec(rest);
  if (reject === null) return null;
  const detail = rest.slice(reject.index + reject[0].length);
  // The envelope stands at the end; the text before it may hold semicolons of its own.
  const envelope = detail.search(/; (?:from=<[^>]*>|to=<|proto=|client=)/);
  const embedded = readReply(envelope < 0 ? detail : detail.slice(0, envelope));
  if (embedded === null) return null;
  const tail = envelope < 0 ? '' : detail.slice(envelope);
  return {
    ...replyOf(embedded),
    direction: 'incoming',
    fate: embedded.reply.code < 500 ? 'deferred' : 'rejected',
    stage: stageOfCommand(reject[1] ?? ''),
    sender: cleanAddress(between(tail, 'from=<', '>') ?? ''),
    recipient: cleanAddress(between(tail, ' to=<', '>') ?? ''),
    remoteHost: cleanHost(reject[2] ?? ''),
    remoteAddress: cleanIp(reject[3] ?? ''),
  };
}

function replyOf(embedded: EmbeddedReply): Pick<Finding, 'reply' | 'codeAssumed'> {
  return { reply: embedded.reply, codeAssumed: embedded.codeAssumed };
}
