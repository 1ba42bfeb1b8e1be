import { addressIn, cleanAddress } from '../addresses.js';
import { type EmbeddedReply, readReply } from '../embedded-reply.js';
import { type Finding, finding } from '../finding.js';

/** Replies read from one text. */
const MAX_FINDINGS = 50;
/** After a mark, or with an enhanced code behind it: `450 apples` in a sentence is no reply. */
const REPLY_START =
  /(?<=(?:^|[:>"'(=\]])[ \t]?)[45]\d\d(?:[ -]|$)|(?<![\d.#-])[45]\d\d[ -]#?[45]\.\d{1,3}\.\d/;
const TRANSCRIPT_MARK = /^(?:[<>]{1,3}|S:|\*\*|<~|<-|<\*\*)\s*(?=[245]\d\d[ -])/;

/**
 * Reads replies as someone copied them: one line, several lines of one reply, or several replies
 * below each other, perhaps with the marks of a transcript (`S:`, `<~*`) or with words before the
 * code. Empty when no line holds a 4yz or 5yz reply.
 */
export function parseReplyText(text: string): readonly Finding[] {
  const lines = text
    .split(/\r?\n|\r/)
    .map((line) => line.trim().replace(TRANSCRIPT_MARK, ''))
    .filter((line) => line !== '');
  const found: Finding[] = [];
  let open: string[] = [];
  for (const line of lines) {
    if (open.length > 0 && !continues(open, line)) {
      add(found, open);
      open = [];
    }
    if (open.length > 0 || /^[45]\d\d(?:[ -:#]|$)/.test(line)) open.push(line);
    if (found.length >= MAX_FINDINGS) return found;
  }
  add(found, open);
  return found.length > 0 ? found : inProse(lines.join(' '));
}

/** A line continues the reply when it has its code, or no code at all (someone wrapped the line). */
function continues(open: readonly string[], line: string): boolean {
  const first = open[0] ?? '';
  const last = open.at(-1) ?? '';
  if (/^\d{3}(?:[ -]|$)/.test(line)) return line.startsWith(first.slice(0, 3)) && last[3] === '-';
  return true;
}

function add(found: Finding[], lines: readonly string[]): void {
  const embedded = lines.length === 0 ? null : readReply(lines.join('\n'));
  if (embedded !== null) found.push(bare(embedded));
}

/** `The server answered: 450 4.7.1 Greylisted`, or an enhanced code alone. */
function inProse(text: string): Finding[] {
  const start =
    REPLY_START.exec(text)?.index ?? /(?<![\d.])[45]\.\d{1,3}\.\d{1,3}(?![\d.])/.exec(text)?.index;
  const embedded = start === undefined ? null : readReply(text.slice(start));
  return embedded === null ? [] : [bare(embedded)];
}

function bare(embedded: EmbeddedReply): Finding {
  const said = embedded.reply.text.join(' ');
  return finding({
    source: 'reply',
    ...embedded,
    recipient: recipientIn(said),
    stage: /: (?:Recipient address|Sender address|Client host|Helo command) rejected: /.test(said)
      ? 'rcpt'
      : null,
  });
}

/** `<user@example.org>: Recipient address rejected`; an address that is called the sender's is not it. */
function recipientIn(said: string): string | null {
  const after = said.search(/\bto:? ?</i);
  if (after >= 0) return addressIn(said.slice(after));
  const named = /<([^<>\s]{3,320}@[^<>\s]{1,255})>(?!: Sender)/.exec(said)?.[1];
  if (named === undefined || /(?:from|sender)[^<]{0,12}</i.test(said)) return null;
  return cleanAddress(named);
}
