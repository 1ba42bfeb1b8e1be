import { addressIn, cleanAddress, cleanHost, cleanIp } from '../addresses.js';
import { stageOfCommand } from '../commands.js';
import { assumeReply, readReply } from '../embedded-reply.js';
import { type Finding, finding } from '../finding.js';
import { readStamp } from './timestamps.js';

/**
 * `== user@example.org <original@...>`, `** user@example.org`; `*>` and `->` are not refusals. For a
 * pipe or a file the recipient is the original address.
 */
const DELIVERY = /\s(==|\*\*) (\S{1,400}?)(?: <([^>]{0,400})>)?(?: \([^)]{0,100}\))*(?=:? )/;
const REMOTE_ERROR = /SMTP error from remote (?:mail server|mailer) after /;
const HOST = /\bH=([^\s[\]()]{1,255})?(?: ?\([^)]{0,255}\))? ?\[([^\]]{1,64})\]/;
const OLD_HOST = /^host ([^\s[\]]{1,255}) \[([^\]]{1,64})\](?::\d{1,5})?: /;
const REFUSED = /\btemporarily rejected (RCPT|MAIL|connection|EHLO or HELO|after DATA|DATA)\b/;
const DEFERRED_WHY = /\sdefer \((-?\d{1,5})\)(?: H=[^:]{1,300})?: (.{1,500})/;

/**
 * Reads a line of Exim's main or reject log that tells of a refusal, by a remote host (`==`, `**`,
 * `SMTP error from remote mail server`) or by this one (`temporarily rejected`). Null for others.
 */
export function parseEximLine(line: string): Finding | null {
  const told = readRemote(line) ?? readRefused(line) ?? readUnanswered(line) ?? readGivenUp(line);
  if (told === null) return null;
  return finding({
    source: 'exim-log',
    software: 'exim',
    when: readStamp(line)?.when ?? null,
    ...told,
  });
}

type Told = Partial<Finding>;

function readRemote(line: string): Told | null {
  const error = REMOTE_ERROR.exec(line);
  if (error === null) return null;
  const after = line.slice(error.index + error[0].length);
  const colon = after.indexOf(': ');
  if (colon < 0) return null;
  const command = after.slice(0, colon);
  const said = after.slice(colon + 2);
  const old = OLD_HOST.exec(said);
  const embedded = readReply(old === null ? said : said.slice(old[0].length));
  if (embedded === null) return null;
  const head = line.slice(0, error.index);
  const delivery = DELIVERY.exec(head);
  const host = old ?? HOST.exec(head);
  return {
    reply: embedded.reply,
    codeAssumed: embedded.codeAssumed,
    fate: delivery?.[1] === '**' ? 'rejected' : 'deferred',
    stage: stageOfCommand(command),
    recipient: recipientIn(delivery) ?? recipientOf(command),
    sender: cleanAddress(/ F=<([^>]{0,320})>/.exec(head)?.[1] ?? ''),
    remoteHost: cleanHost(host?.[1] ?? ''),
    remoteAddress: cleanIp(host?.[2] ?? ''),
  };
}

function recipientIn(delivery: RegExpExecArray | null): string | null {
  const [, , address = '', original = ''] = delivery ?? [];
  return cleanAddress(/^[|/:]/.test(address) ? original : address);
}

function recipientOf(command: string): string | null {
  return /RCPT TO:/i.test(command) ? addressIn(command) : null;
}

/** The log has the reason but not the reply: 451 is what Exim answers for a defer. */
function readRefused(line: string): Told | null {
  const refused = REFUSED.exec(line);
  if (refused === null) return null;
  const after = line.slice(refused.index + refused[0].length);
  const reason = /^(?:\s+<([^>]{0,320})>)?:?\s*(.*)$/.exec(after);
  const host = HOST.exec(line);
  const { reply } = assumeReply(451, null, reason?.[2] ?? '');
  const address = cleanAddress(reason?.[1] ?? '');
  const isSender = refused[1] === 'MAIL';
  return {
    reply,
    codeAssumed: true,
    direction: 'incoming',
    fate: 'deferred',
    stage: refused[1] === 'after DATA' ? 'message' : stageOfCommand(refused[1] ?? ''),
    recipient: isSender ? null : address,
    sender: isSender ? address : cleanAddress(/ F=<([^>]{0,320})>/.exec(line)?.[1] ?? ''),
    remoteHost: cleanHost(host?.[1] ?? ''),
    remoteAddress: cleanIp(host?.[2] ?? ''),
  };
}

/** `== user@example.org R=.. T=.. defer (110): Connection timed out`. */
function readUnanswered(line: string): Told | null {
  const delivery = DELIVERY.exec(line);
  const why = delivery?.[1] === '==' ? DEFERRED_WHY.exec(line)?.[2] : undefined;
  // Not an attempt: Exim waits for the retry time of an earlier failure.
  if (why === undefined || why.startsWith('retry time not reached')) return null;
  const host = HOST.exec(line);
  return {
    failure: why,
    fate: 'deferred',
    recipient: recipientIn(delivery),
    remoteHost: cleanHost(host?.[1] ?? ''),
    remoteAddress: cleanIp(host?.[2] ?? ''),
  };
}

/** `** user@example.org: retry timeout exceeded`: the time in the queue ran out. */
function readGivenUp(line: string): Told | null {
  if (!line.endsWith(': retry timeout exceeded')) return null;
  const delivery = DELIVERY.exec(line);
  if (delivery?.[1] !== '**') return null;
  return { failure: 'retry timeout exceeded', fate: 'gave-up', recipient: recipientIn(delivery) };
}
