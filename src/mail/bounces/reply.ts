import type { Stage } from '../../model/smtp.js';
import { addressIn, cleanAddress } from '../addresses.js';
import { stageOfCommand } from '../commands.js';
import { type EmbeddedReply, readReply } from '../embedded-reply.js';
import { type Finding, finding } from '../finding.js';

/** Replies read from one text. */
const MAX_FINDINGS = 50;
/** After a mark, or with an enhanced code behind it: `450 apples` in a sentence is no reply. */
const REPLY_START =
  /(?<=(?:^|[:>"'(=\]])[ \t]?)[45]\d\d(?:[ -]|$)|(?<![\d.#-])[45]\d\d[ -]#?[45]\.\d{1,3}\.\d/;
/** An enhanced code alone, after a mark and before words: `version 5.2.8` is no status. */
const STATUS_START =
  /(?<=(?:^|[:>"'(=\]])[ \t]?)#?[45]\.[0-7]\.\d{1,3}(?![\d.])(?=[:)]?[ \t]+[<"'\p{L}]|[:)]?\s*$)/u;
/** The basic code that programs put before the text: `SMTP Error (450): ...`, `(450, b'4.2.0 ...')`. */
const CODE_BEFORE = /\(([45]\d\d)(?:\)|, b?['"]?$)/g;
/** What swaks, curl, msmtp, sendmail and people put before the lines of a dialogue. */
const SERVER_MARK = /^(?:<[-~*]{0,3}|<{2,3}|>{1,3}|\*\*|S:|SMTP<<)\s*(?=[2-5]\d\d(?:[ -]|$))/;
const CLIENT_MARK = /^(?:-{1,2}>|~>|>{1,3}|C:|SMTP>>)\s*/;
const COMMAND =
  /^(?:(?:EHLO|HELO|LHLO) \S{1,255}|(?:MAIL FROM|RCPT TO):\s?\S{1,340}(?: [\w=-]{1,60})*|DATA|QUIT|RSET|NOOP|STARTTLS|AUTH .{1,200}|\.)$/i;

/** What the client of a dialogue has said so far. */
interface Dialogue {
  stage: Stage | null;
  sender: string | null;
  recipient: string | null;
}

/**
 * Reads replies as someone copied them: one line, several lines of one reply, several replies
 * below each other, or a dialogue with the commands of the client, perhaps with the marks of a
 * program (`S:`, `<~*`) or with words before the code. Empty when no line holds a 4yz or 5yz reply.
 */
export function parseReplyText(text: string): readonly Finding[] {
  const lines = text
    .split(/\r?\n|\r/)
    .map((line) => unquoted(line.trim()).replace(SERVER_MARK, ''))
    .filter((line) => line !== '');
  const found: Finding[] = [];
  const dialogue: Dialogue = { stage: null, sender: null, recipient: null };
  let open: string[] = [];
  for (const line of lines) {
    const command = commandIn(line);
    if (open.length > 0 && (command !== null || !continues(open, line))) {
      add(found, open, dialogue);
      open = [];
    }
    if (command !== null) note(dialogue, command);
    else if (open.length > 0 || /^[45]\d\d(?:[ -:#]|$)/.test(line)) open.push(line);
    if (found.length >= MAX_FINDINGS) return found;
  }
  add(found, open, dialogue);
  return found.length > 0 ? found : inProse(lines.join(' '));
}

/** `'450 4.7.1 Greylisted'`, as in a program. */
function unquoted(line: string): string {
  return /^(["'`])([2-5]\d\d[ -].*)\1[,;]?$/.exec(line)?.[2] ?? line;
}

function commandIn(line: string): string | null {
  const said = line.replace(CLIENT_MARK, '').trim();
  return COMMAND.test(said) ? said : null;
}

function note(dialogue: Dialogue, command: string): void {
  dialogue.stage = command === '.' ? 'message' : stageOfCommand(command);
  if (/^(?:MAIL|RSET|EHLO|HELO)/i.test(command)) dialogue.recipient = null;
  if (/^MAIL/i.test(command)) dialogue.sender = addressIn(command);
  if (/^RCPT/i.test(command)) dialogue.recipient = addressIn(command);
}

/** A line continues the reply when it has its code, or no code at all (someone wrapped the line). */
function continues(open: readonly string[], line: string): boolean {
  const first = open[0] ?? '';
  const last = open.at(-1) ?? '';
  if (/^\d{3}(?:[ -]|$)/.test(line)) return line.startsWith(first.slice(0, 3)) && last[3] === '-';
  // Remarks of the program that shows the dialogue.
  return !/^(?:={3}|\*{3})\s/.test(line);
}

function add(found: Finding[], lines: readonly string[], dialogue: Dialogue): void {
  const embedded = lines.length === 0 ? null : readReply(lines.join('\n'));
  if (embedded === null) return;
  const alone = bare(embedded);
  found.push({
    ...alone,
    stage: dialogue.stage ?? alone.stage,
    sender: dialogue.sender,
    recipient: alone.recipient ?? dialogue.recipient,
  });
}

/** `The server answered: 450 4.7.1 Greylisted`, or an enhanced code alone. */
function inProse(text: string): Finding[] {
  const start = REPLY_START.exec(text)?.index ?? STATUS_START.exec(text)?.index;
  if (start === undefined) return [];
  const embedded = readReply(upToCloser(text, start));
  if (embedded === null) return [];
  const named = embedded.codeAssumed ? codeBefore(text.slice(0, start), embedded) : null;
  return [bare(named ?? embedded)];
}

/** A quotation mark or bracket right before the reply ends it as well. */
function upToCloser(text: string, start: number): string {
  const opener = text[start - 1] ?? '';
  if (opener === '"' || opener === "'") {
    const end = text.indexOf(opener, start);
    return text.slice(start, end < 0 ? undefined : end);
  }
  if (opener !== '(') return text.slice(start);
  let depth = 1;
  for (let at = start; at < text.length; at += 1) {
    if (text[at] === '(') depth += 1;
    if (text[at] === ')' && --depth === 0) return text.slice(start, at);
  }
  return text.slice(start);
}

/** The reply with the basic code that stands before it, when the classes agree; else null. */
function codeBefore(before: string, { reply }: EmbeddedReply): EmbeddedReply | null {
  const code = [...before.slice(-200).matchAll(CODE_BEFORE)].at(-1)?.[1] ?? '';
  return code !== '' && code[0] === reply.enhanced?.[0]
    ? { reply: { ...reply, code: Number(code) }, codeAssumed: false }
    : null;
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
