import { parseReplyLines } from '../model/reply.js';
import type { Reply } from '../model/smtp.js';

/** Characters of a reply that are read; more than any honest reply has. */
const MAX_REPLY_LENGTH = 8192;

const PLAIN_LINE = /^\d{3}[ -](?![#<([]|- [45]\.)/;

export interface EmbeddedReply {
  readonly reply: Reply;
  /** True where the text had only an enhanced code, or none. */
  readonly codeAssumed: boolean;
}

/**
 * Reads a reply that another program wrote down. Programs join the lines of a reply by a blank
 * (Postfix), a literal `\n` (Exim) or a line feed; some drop the basic code. Null when the text
 * does not begin with a code. Only 4yz and 5yz replies count: nothing else is refused.
 */
export function readReply(text: string): EmbeddedReply | null {
  const cut = text.length > MAX_REPLY_LENGTH ? text.slice(0, MAX_REPLY_LENGTH) : text;
  const start = withoutReason(cut.trim());
  const code = /^([45]\d\d)(?![\d.])/.exec(start)?.[1];
  if (code === undefined) return withAssumedCode(start);
  const reply = strictReply(splitLines(start, code)) ?? strictReply([flatLine(start, code)]);
  return reply === null ? null : { reply: withQmailStatus(reply), codeAssumed: false };
}

/** IronPort tells its own reason first: `4.4.7 - Delivery expired (..) 450-'4.7.1 ...' (delivery attempts: 9)`. */
function withoutReason(text: string): string {
  const [, code = '', words = ''] =
    /^[45]\.\d{1,3}\.\d{1,3} - [^']{3,120} ([45]\d\d)-'(.{2,4000}?)'(?:\s*\(delivery attempts: \d{1,9}\))?$/s.exec(
      text,
    ) ?? [];
  return code === '' ? text : `${code} ${words}`;
}

/** qmail and its kin put the enhanced code at the end: `451 Try again later (#4.3.0)`. */
function withQmailStatus(reply: Reply): Reply {
  if (reply.enhanced !== null) return reply;
  const status = /\(#([45]\.\d{1,3}\.\d{1,3})\)\s{0,3}$/.exec(reply.text.at(-1) ?? '')?.[1];
  return status === undefined ? reply : { ...reply, enhanced: status };
}

/** A reply for text without any code, for the reader to mark as an assumption. */
export function assumeReply(code: number, enhanced: string | null, text: string): EmbeddedReply {
  return {
    reply: { code, enhanced, text: [text.slice(0, MAX_REPLY_LENGTH).trim()] },
    codeAssumed: true,
  };
}

/**
 * `4.7.1 Try again later`: the basic code was left out. 451 and 550 are what Postfix answers for
 * a milter that gives no basic code.
 */
function withAssumedCode(start: string): EmbeddedReply | null {
  const enhanced = /^#?([45]\.\d{1,3}\.\d{1,3})(?!\.?\d)[:\s]*/.exec(start);
  if (enhanced === null) return null;
  const status = enhanced[1] ?? '';
  return assumeReply(status.startsWith('4') ? 451 : 550, status, start.slice(enhanced[0].length));
}

function strictReply(lines: readonly string[]): Reply | null {
  return parseReplyLines(lines).reply;
}

/** The lines of the reply, each with the code in front. */
function splitLines(start: string, code: string): string[] {
  const unfolded = start.includes('\\n') ? start.replaceAll('\\n', '\n') : start;
  const marked = unfolded.startsWith(`${code}-`)
    ? unfolded.replace(new RegExp(`[ \\t]+(?=${code}[- ])`, 'g'), '\n')
    : unfolded;
  if (!marked.includes('\n')) return [tidy(marked)];
  const lines: string[] = [];
  for (const raw of marked.split(/\r?\n/)) {
    const line = raw.trim();
    if (line === '') continue;
    lines.push(tidy(line.startsWith(code) || lines.length === 0 ? line : `${code} ${line}`));
  }
  return lines;
}

function flatLine(start: string, code: string): string {
  return `${code} ${start
    .slice(code.length)
    .replace(/\s+/g, ' ')
    .replace(/^[\s:;#-]+/, '')}`;
}

/** `450: text`, `450 - 4.7.1 text`, `450 #4.7.1 text` and `450, text` are written by some; SMTP has a blank. */
function tidy(line: string): string {
  if (PLAIN_LINE.test(line)) return line;
  return line
    .replace(/^(\d{3})(?:[:;,]\s*| - (?=[45]\.\d))/, '$1 ')
    .replace(/^(\d{3}[- ])[#<([]?([45]\.\d{1,3}\.\d{1,3})[>)\]:]*(?=\s|$)/, '$1$2');
}
