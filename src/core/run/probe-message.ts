import type { Tuple } from '../../model/tuple.js';
import type { RunState } from './state.js';

/** What differs between the messages of probes. */
export interface MessageParts {
  /** Envelope sender; also the From, and whom a reader may ask. */
  readonly from: string;
  readonly to: string;
  /** Without angle brackets: `word@host`. */
  readonly messageId: string;
  /** Milliseconds since the Unix epoch. */
  readonly dateWallMs: number;
  /** Name of the sending host. */
  readonly helo: string;
}

/**
 * The message of a tuple. The same bytes at every try, Message-ID and date included: some
 * greylisters key on the Message-ID (Exim recipes), some on the body (rspamd).
 */
export function messageFor(state: RunState, tuple: Tuple): string {
  const senderDomain = tuple.sender.slice(tuple.sender.lastIndexOf('@') + 1);
  return composeMessage({
    from: tuple.sender,
    to: tuple.recipient,
    messageId: `${state.run}.${tuple.id}@${senderDomain}`,
    dateWallMs: state.started.wallMs,
    helo: tuple.helo,
  });
}

/**
 * The message of a probe with `--deliver`: harmless, and it says what it is and whom to ask.
 * Marked as automatic (RFC 3834, and the header that Exchange obeys), so that nothing answers it.
 * CRLF line ends, not dot-stuffed; the same parts always give the same bytes.
 */
export function composeMessage(parts: MessageParts): string {
  const { from, to, messageId, dateWallMs } = parts;
  const body = bodyOf(parts);
  const ascii = isAscii(from + to + body.join(''));
  const header = [
    `From: <${oneLine(from)}>`,
    `To: <${oneLine(to)}>`,
    'Subject: greyprobe test message, please ignore',
    `Date: ${rfc5322Date(dateWallMs)}`,
    `Message-ID: <${oneLine(messageId)}>`,
    'Auto-Submitted: auto-generated',
    'X-Auto-Response-Suppress: All',
    'MIME-Version: 1.0',
    `Content-Type: text/plain; charset=${ascii ? 'us-ascii' : 'utf-8'}`,
    `Content-Transfer-Encoding: ${ascii ? '7bit' : '8bit'}`,
  ];
  return [...header, '', ...body, ''].join('\r\n');
}

function bodyOf({ from, to, helo }: MessageParts): readonly string[] {
  return [
    'This is a test message from greyprobe, a program with which mail',
    'administrators measure how long a mail server makes a new sender wait',
    '(greylisting). It was sent once, on purpose, and asks for nothing:',
    'please delete it.',
    '',
    `Sent to: ${oneLine(to)}`,
    `Sent by: ${oneLine(helo)}`,
    `Questions to: ${oneLine(from)}`,
  ];
}

/** RFC 5322 §3.3, always in UTC. */
function rfc5322Date(wallMs: number): string {
  return new Date(wallMs).toUTCString().replace('GMT', '+0000');
}

/** No value can begin a header of its own. */
function oneLine(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ');
}

function isAscii(text: string): boolean {
  return !/[^\p{ASCII}]/u.test(text);
}
