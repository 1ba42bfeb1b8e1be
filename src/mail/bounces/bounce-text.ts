import { addressIn, cleanAddress, cleanHost, cleanIp } from '../addresses.js';
import { stageOfCommand } from '../commands.js';
import { readReply } from '../embedded-reply.js';
import { type Finding, finding } from '../finding.js';
import { fateReader } from './fate-words.js';
import { goesOn, withoutCopy } from './reply-end.js';

/*
 * Reports for people, as mail servers write them into a bounce. Three writers cover most:
 *   Postfix  <user@example.org>: host mx[192.0.2.1] said: 450 ... (in reply to RCPT TO command)
 *   Exim     SMTP error from remote mail server after RCPT TO:<..>: host mx [192.0.2.1]: 450 ...
 *   qmail    <user@example.org>: 192.0.2.1 does not like recipient. Remote host said: 450 ...
 * Others put the reply behind the address, or name the host on a line of its own:
 *   GMX      SMTP error from remote server after RCPT command: host: mx.example.org 4.7.1 ...
 *   Yahoo    <user@example.org>: 451: 4.7.1 ...
 */

const MAX_FINDINGS = 50_000;
const MAX_PARAGRAPH = 8192;

const POSTFIX = /host ([^\s[\]]{1,255})\[([^\]]{1,64})\] (said|refused to talk to me): (.{3,4000})/;
const EXIM =
  /SMTP error from remote (?:mail server|mailer) after ([^\n]{3,400}?):\s+(?:host ([^\s[\]]{1,255}) \[([^\]]{1,64})\](?::\d{1,5})?:\s+)?(.{3,4000})/;
const EXIM_HOST = /host ([^\s[\]]{1,255}) \[([^\]]{1,64})\]\s+(?:Delay reason: )?SMTP error/;
/** What Exim and qmail put behind the reply. */
const AFTER_REPLY =
  /:? retry timeout exceeded.*$| Giving up on \S{1,64}.*$| I'm not going to try again;.*$/;
const QMAIL =
  /(?:(\S{3,64}) (?:does not like recipient|failed after I sent the message|does not like sender)\.?|Connected to (\S{3,64}) but [^.]{3,80}\.)\s+Remote host said: (.{3,4000})/;
const SENDMAIL = /while talking to (\S{1,255}?)\.?:\s+>>> ([A-Za-z ]{3,20})[^<]{0,20}(.{3,4000})/;
const REPLY_FIRST = /^[45]\d\d[ -]|\s[45]\d\d[ -](?:[45]\.\d{1,3}\.\d|<)/;
const IN_REPLY_TO = / \(in reply to ([A-Za-z ]{1,40}?)(?: command)?\)/;

/** Reads each paragraph of a bounce's text. Empty when none of them is known. */
export function parseBounceText(whole: string): readonly Finding[] {
  const text = withoutCopy(whole);
  const fateOf = fateReader(text);
  const found: Finding[] = [];
  let before = '';
  for (const paragraph of paragraphsOf(text)) {
    const told =
      readPostfix(paragraph) ??
      readNoAnswer(paragraph) ??
      readExim(paragraph) ??
      readQmail(paragraph) ??
      readSendmail(paragraph) ??
      readGmx(paragraph) ??
      readEventLog(paragraph);
    if (told !== null) {
      found.push(
        finding({
          source: 'bounce-text',
          ...told,
          recipient: told.recipient ?? addressIn(before),
          fate: told.fate ?? fateOf(told.reply ?? null),
        }),
      );
      if (found.length >= MAX_FINDINGS) break;
    }
    before = paragraph;
  }
  return found.length > 0 ? found : readListed(text);
}

const ADDRESS_LINE =
  /^\s*(?:Intended Recipients?:\s*|-> )?["<']?([^\s"'<>:;,()]{1,64}@[^\s"'<>:;,()]{1,255}?)["'>]?\s*:\s*(.*)$/;
const REPLY_LINE = /^(?:[45]\d\d[ :-]|#?[45]\.\d{1,3}\.\d{1,3}[ :])/;
const EXPIRED = /^(?:Envelope expired|(?:Message|Delivery) (?:has )?expired|Too many failures)/i;

/** `user@example.org: 451 4.7.1 ...`, with the reply on the same line or the next one. */
function readListed(text: string): Finding[] {
  const lines = text.split(/\r?\n/);
  const fateOf = fateReader(text);
  const found: Finding[] = [];
  for (let at = 0; at < lines.length && found.length < MAX_FINDINGS; at += 1) {
    const [, address = '', same = ''] =
      ADDRESS_LINE.exec((lines[at] ?? '').slice(0, MAX_PARAGRAPH)) ?? [];
    const recipient = cleanAddress(address);
    if (recipient === null) continue;
    const start = same === '' ? at + 1 : at;
    let said = same === '' ? (lines[start] ?? '').trim() : same;
    for (let next = start + 1; goesOn(lines[next - 1] ?? '', lines[next] ?? ''); next += 1) {
      said += ` ${(lines[next] ?? '').trim()}`;
    }
    const embedded = REPLY_LINE.test(said) ? readReply(said) : null;
    if (embedded !== null) {
      const told = { source: 'bounce-text', ...embedded, recipient } as const;
      found.push(finding({ ...told, fate: fateOf(told.reply) }));
    } else if (EXPIRED.test(said)) {
      found.push(finding({ source: 'bounce-text', recipient, fate: 'gave-up', failure: said }));
    }
  }
  return found;
}

/** The findings with what the words around them say of the message. */
export function withFates(findings: readonly Finding[], text: string): readonly Finding[] {
  if (findings.length === 0) return findings;
  const fateOf = fateReader(text);
  return findings.map((found) =>
    found.fate === 'unknown' ? { ...found, fate: fateOf(found.reply) } : found,
  );
}

/** Where the next recipient begins though no empty line parts it: `<u@e>: ...`, or an address alone. */
const NEXT_RECIPIENT =
  /\r?\n[ \t]*\r?\n|\r?\n(?=<[^<>\s]{3,320}>(?: \([^()\n]{0,400}\))?: (?:host|delivery|connect|lost|conversation) |[ \t]{1,8}[^\s<>@]{1,64}@[^\s<>@]{1,255}[ \t]{0,8}\r?\n[ \t]{2,40}host )/;

function* paragraphsOf(text: string): Generator<string> {
  for (const part of text.split(NEXT_RECIPIENT)) {
    const line = part.slice(0, MAX_PARAGRAPH).replace(/\s+/g, ' ').trim();
    if (line !== '') yield line;
  }
}

type Told = Partial<Finding>;

function readPostfix(paragraph: string): Told | null {
  const match = POSTFIX.exec(paragraph);
  const said = match?.[4] ?? '';
  const command = IN_REPLY_TO.exec(said);
  const embedded = match === null ? null : readReply(said.slice(0, command?.index ?? said.length));
  if (match === null || embedded === null) return null;
  // `450 4.1.1 <..>: unverified address: host .. said: ..` is a reply that quotes another one.
  if (REPLY_FIRST.test(paragraph.slice(0, match.index))) return null;
  return {
    ...embedded,
    software: 'postfix',
    recipient:
      cleanAddress(/^<([^<>]{3,320})>/.exec(paragraph)?.[1] ?? '') ??
      addressIn(said) ??
      lastAddressIn(paragraph.slice(0, match.index)),
    stage: match[3] === 'said' ? stageOfCommand(command?.[1] ?? '') : 'connect',
    remoteHost: cleanHost(match[1] ?? ''),
    remoteAddress: cleanIp(match[2] ?? ''),
  };
}

/** `<u@example.org>: connect to mx[192.0.2.1]:25: Connection timed out`: what Postfix says where nobody answered. */
const NO_ANSWER =
  /^<([^<>\s]{3,320})>(?: \([^()]{0,400}\))?: ((?:delivery temporarily suspended: )?(?:connect to |Host or domain name not found|lost connection with |conversation with |Name service error|unable to look up |mail for \S+ loops)[^\n]{3,500})$/;

function readNoAnswer(paragraph: string): Told | null {
  const [, address = '', failure = ''] = NO_ANSWER.exec(paragraph) ?? [];
  const recipient = cleanAddress(address);
  return recipient === null ? null : { recipient, failure, reply: null, software: 'postfix' };
}

/** The address that stands nearest before the reply. */
function lastAddressIn(text: string): string | null {
  const words = text.split(/[\s,;:]+/).map((word) => cleanAddress(word.replace(/\.$/, '')));
  return words.filter((address) => address !== null).at(-1) ?? null;
}

function readExim(paragraph: string): Told | null {
  const match = EXIM.exec(paragraph);
  const embedded = match === null ? null : readReply((match[4] ?? '').replace(AFTER_REPLY, ''));
  if (match === null || embedded === null) return null;
  const host = EXIM_HOST.exec(paragraph);
  const command = match[1] ?? '';
  return {
    ...embedded,
    software: 'exim',
    recipient: /RCPT TO:/i.test(command) ? addressIn(command) : addressIn(paragraph),
    stage: stageOfCommand(command),
    remoteHost: cleanHost(match[2] ?? host?.[1] ?? ''),
    remoteAddress: cleanIp(match[3] ?? host?.[2] ?? ''),
  };
}

function readQmail(paragraph: string): Told | null {
  const match = QMAIL.exec(paragraph);
  const said = match?.[3]?.replace(AFTER_REPLY, '') ?? '';
  const embedded = match === null ? null : readReply(said);
  if (match === null || embedded === null) return null;
  const liked = paragraph.includes('does not like recipient');
  return {
    ...embedded,
    software: 'qmail',
    recipient: cleanAddress(/^<([^<>]{3,320})>/.exec(paragraph)?.[1] ?? '') ?? addressIn(said),
    stage: liked ? 'rcpt' : null,
    remoteAddress: cleanIp(match[1] ?? match[2] ?? ''),
  };
}

const GMX =
  /SMTP error from remote (?:mail )?server (?:after|in|for) ([A-Z ]{3,20}?)(?: command)?[:,]\s+host:? (\S{1,255}?)(?: ?[[(]([^\])]{1,64})[\])])?:?\s+(?:reason: )?(.{3,4000})/;

/** GMX, web.de, 1&1: the host on a line of its own, and often no basic code. */
function readGmx(paragraph: string): Told | null {
  const match = GMX.exec(paragraph);
  const embedded = match === null ? null : readReply(match[4] ?? '');
  if (match === null || embedded === null) return null;
  return {
    ...embedded,
    recipient: addressIn(paragraph.slice(0, match.index).replaceAll('"', ' ')),
    stage: stageOfCommand(match[1] ?? ''),
    remoteHost: cleanHost(match[2] ?? ''),
    remoteAddress: cleanIp(match[3] ?? '') ?? cleanIp(match[2] ?? ''),
  };
}

const EVENT_LOG =
  /remote host "([^"]{3,255})",? responded to the SMTP command "([a-z ]{2,20})" with "(.{3,4000}?)"\s*\.?\s*(?:The full command sent was "([^"]{0,400})")?/i;

/** Events 7002, 7004 and 7010 of Exchange 2000 and 2003. */
function readEventLog(paragraph: string): Told | null {
  // Quotation marks are doubled where the log was exported as a table.
  const match = EVENT_LOG.exec(paragraph.replaceAll('""', '"'));
  const embedded = match === null ? null : readReply(match[3] ?? '');
  if (match === null || embedded === null) return null;
  const host = match[1] ?? '';
  const command = match[4] ?? '';
  return {
    ...embedded,
    software: 'exchange-2003',
    fate: 'deferred',
    recipient: /^RCPT/i.test(command) ? addressIn(command) : addressIn(match[3] ?? ''),
    stage: stageOfCommand(match[2] ?? ''),
    remoteHost: cleanIp(host) === null ? cleanHost(host) : null,
    remoteAddress: cleanIp(host),
  };
}

/** `... while talking to mx.example.org.: >>> RCPT To:<user@example.org> <<< 450 4.7.1 ...`. */
function readSendmail(paragraph: string): Told | null {
  const match = SENDMAIL.exec(paragraph);
  const said = /<<< (.{3,4000}?)(?= (?:\d{3} )?<[^>]{3,320}>\.\.\. |$)/.exec(match?.[3] ?? '')?.[1];
  const embedded = said === undefined ? null : readReply(said);
  if (match === null || embedded === null) return null;
  const stage = stageOfCommand(match[2] ?? '');
  return {
    ...embedded,
    software: 'sendmail',
    recipient: stage === 'mail' ? null : addressIn(match[3] ?? ''),
    stage,
    remoteHost: cleanHost((match[1] ?? '').replace(/^\[|\]$/g, '')),
  };
}
