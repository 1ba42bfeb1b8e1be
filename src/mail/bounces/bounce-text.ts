import { addressIn, cleanAddress, cleanHost, cleanIp } from '../addresses.js';
import { stageOfCommand } from '../commands.js';
import { readReply } from '../embedded-reply.js';
import { type Finding, finding } from '../finding.js';

/*
 * Reports for people, as mail servers write them into a bounce. Three writers cover most:
 *   Postfix  <user@example.org>: host mx[192.0.2.1] said: 450 ... (in reply to RCPT TO command)
 *   Exim     SMTP error from remote mail server after RCPT TO:<..>: host mx [192.0.2.1]: 450 ...
 *   qmail    <user@example.org>: 192.0.2.1 does not like recipient. Remote host said: 450 ...
 */

const MAX_FINDINGS = 200;
const MAX_PARAGRAPH = 8192;
/** Characters in which the words for people are looked for. */
const MAX_WORDS = 16_384;

const POSTFIX = /host ([^\s[\]]{1,255})\[([^\]]{1,64})\] (said|refused to talk to me): (.{3,4000})/;
const EXIM =
  /SMTP error from remote (?:mail server|mailer) after ([^\n]{3,400}?):\s+(?:host ([^\s[\]]{1,255}) \[([^\]]{1,64})\](?::\d{1,5})?:\s+)?(.{3,4000})/;
const EXIM_HOST = /host ([^\s[\]]{1,255}) \[([^\]]{1,64})\]\s+(?:Delay reason: )?SMTP error/;
/** What Exim and qmail put behind the reply. */
const AFTER_REPLY =
  /:? retry timeout exceeded.*$| Giving up on \S{1,64}.*$| I'm not going to try again;.*$/;
const STILL_TRYING =
  /warning (?:message )?only|not yet been delivered|still undelivered|will (?:be retried|keep trying)|^-Queue ID-/i;
const GIVEN_UP =
  /could not be delivered|couldn't be delivered|wasn't able to deliver|given up|retry timeout exceeded|not going to try again/i;
const QMAIL =
  /(?:(\S{3,64}) (?:does not like recipient|failed after I sent the message|does not like sender)\.?|Connected to (\S{3,64}) but [^.]{3,80}\.)\s+Remote host said: (.{3,4000})/;
const SENDMAIL = /while talking to (\S{1,255}?)\.?:\s+>>> ([A-Za-z ]{3,20})[^<]{0,20}(.{3,4000})/;
const REPLY_FIRST = /^[45]\d\d[ -]/;
const IN_REPLY_TO = / \(in reply to ([A-Za-z ]{1,40}?)(?: command)?\)/;

/** Reads each paragraph of a bounce's text. Empty when none of them is known. */
export function parseBounceText(text: string): readonly Finding[] {
  const found: Finding[] = [];
  let before = '';
  for (const paragraph of paragraphsOf(text)) {
    const told =
      readPostfix(paragraph) ??
      readExim(paragraph) ??
      readQmail(paragraph) ??
      readSendmail(paragraph);
    if (told !== null) {
      found.push(
        finding({
          source: 'bounce-text',
          ...told,
          recipient: told.recipient ?? addressIn(before),
          fate: fateOf(text, told),
        }),
      );
      if (found.length >= MAX_FINDINGS) break;
    }
    before = paragraph;
  }
  return found;
}

/** The words around the reply say what became of the message. */
function fateOf(text: string, { reply }: Told): Finding['fate'] {
  if (reply != null && reply.code >= 500) return 'rejected';
  const words = text.slice(0, MAX_WORDS).replace(/\s+/g, ' ');
  if (STILL_TRYING.test(words)) return 'deferred';
  return GIVEN_UP.test(words) ? 'gave-up' : 'unknown';
}

function* paragraphsOf(text: string): Generator<string> {
  for (const part of text.split(/\r?\n[ \t]*\r?\n/)) {
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
    recipient: cleanAddress(/^<([^<>]{3,320})>/.exec(paragraph)?.[1] ?? '') ?? addressIn(said),
    stage: match[3] === 'said' ? stageOfCommand(command?.[1] ?? '') : 'connect',
    remoteHost: cleanHost(match[1] ?? ''),
    remoteAddress: cleanIp(match[2] ?? ''),
  };
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
