/** What a probe's message says about itself. */
export interface MessageParts {
  /** Envelope sender; also the From. */
  readonly from: string;
  readonly to: string;
  readonly subject?: string;
  /** Without angle brackets: `word@host`. */
  readonly messageId: string;
  /** Milliseconds since the Unix epoch. */
  readonly dateWallMs: number;
  /** Name of the sending host. */
  readonly helo: string;
  /** Whom a reader may ask; the sender where nobody else is named. */
  readonly contact?: string;
}

const DEFAULT_SUBJECT = 'greyprobe test message, please ignore';
/** In UTF-16 units; well within the 998 characters of a line (RFC 5322 §2.1.1). */
const MAX_SUBJECT_LENGTH = 200;
/** Bytes of UTF-8 in one encoded word: 75 characters at most (RFC 2047 §2), in steps of 4. */
const ENCODED_WORD_BYTES = 45;

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
    `Subject: ${encodedText(oneLine(parts.subject ?? DEFAULT_SUBJECT).slice(0, MAX_SUBJECT_LENGTH))}`,
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

function bodyOf({ from, to, helo, contact = from }: MessageParts): readonly string[] {
  return [
    'This is a test message from greyprobe, a program with which mail',
    'administrators measure how long a mail server makes a new sender wait',
    '(greylisting). It was sent once, on purpose, and asks for nothing:',
    'please delete it.',
    '',
    `Sent to: ${oneLine(to)}`,
    `Sent by: ${oneLine(helo)}`,
    `Questions to: ${oneLine(contact)}`,
  ];
}

/** RFC 5322 §3.3, always in UTC. */
function rfc5322Date(wallMs: number): string {
  return new Date(wallMs).toUTCString().replace('GMT', '+0000');
}

/** Encoded words (RFC 2047) where the text is not ASCII, folded one a line. */
function encodedText(text: string): string {
  if (isAscii(text)) return text;
  return chunksOf(text)
    .map((chunk) => `=?utf-8?B?${Buffer.from(chunk).toString('base64')}?=`)
    .join('\r\n ');
}

/** Pieces of at most ENCODED_WORD_BYTES that never cut a character. */
function chunksOf(text: string): readonly string[] {
  const chunks: string[] = [];
  let chunk = '';
  for (const character of text) {
    if (Buffer.byteLength(chunk + character) > ENCODED_WORD_BYTES) {
      chunks.push(chunk);
      chunk = '';
    }
    chunk += character;
  }
  return [...chunks, chunk];
}

/** No value can begin a header of its own. */
function oneLine(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ');
}

function isAscii(text: string): boolean {
  return !/[^\p{ASCII}]/u.test(text);
}
