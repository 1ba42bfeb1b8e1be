import type { Stage } from '../../model/smtp.js';
import { addressIn, cleanAddress, cleanHost, cleanIp } from '../addresses.js';
import { stageOfCommand } from '../commands.js';
import { type EmbeddedReply, readReply } from '../embedded-reply.js';
import { type Finding, finding } from '../finding.js';
import { goesOn, withoutAside, withoutCopy } from './reply-end.js';
import { spokenLine } from './spoken-line.js';

/** Replies read from one text: more than a text of the size that is read whole can hold. */
const MAX_FINDINGS = 50_000;
/** After a mark, or with an enhanced code behind it: `450 apples` in a sentence is no reply. */
const REPLY_START =
  /(?<=(?:^|[:>"'`(=\]\u201c\u201e\u00ab])[ \t]{0,2})[45]\d\d(?:[ -](?!\w{2,20}=)|:[ \t])|(?<=^[ \t]{0,2}|[:>"'(=][ \t]{1,2})[45]\d\d$|(?<![\d.#-])[45]\d\d[ -]#?[45]\.\d{1,3}\.\d/;
/** An enhanced code alone, after a mark and before words: `version 5.2.8` is no status. */
const STATUS_START =
  /(?<=(?:^|[:>"'(=\]])[ \t]{0,2})#?[45]\.[0-7]\.\d{1,3}(?![\d.])(?=[:)]?[ \t]+[<"'\p{L}]|[:)]?\s*$)/u;
const STACK_FRAME = /^\s*(?:#\d{1,3} |at )\S/;
/** The basic code that programs put before the text: `SMTP Error (450): ...`, `(450, b'4.2.0 ...')`. */
const CODE_BEFORE = /\(([45]\d\d)(?:\)|, b?['"]?$)/g;
const COMMAND =
  /^(?:(?:EHLO|HELO|LHLO) \S{1,255}|(?:MAIL FROM|RCPT TO):\s?\S{1,340}(?: [\w=-]{1,60})*|DATA|QUIT|RSET|NOOP|STARTTLS|AUTH .{1,200}|\.)(?:\\r\\n)?$/i;

/** What the client of a dialogue has said so far. */
interface Dialogue {
  stage: Stage | null;
  sender: string | null;
  recipient: string | null;
}

/**
 * Reads replies as someone copied them: one line, several lines of one reply, several replies
 * below each other, or a dialogue with the commands of the client, perhaps with the marks of a
 * program (`S:`, `<~*`) or with words before the code. A reply ends where it ends: at an empty line,
 * and at a line without a code that was not wrapped. Empty when no line holds a 4yz or 5yz reply.
 */
export function parseReplyText(whole: string): readonly Finding[] {
  const text = withoutCopy(whole);
  const found: Finding[] = [];
  const dialogue: Dialogue = { stage: null, sender: null, recipient: null };
  const lines = text.split(/\r?\n|\r/);
  let open: string[] = [];
  let openedAt = 0;
  const close = () => {
    add(found, open, {
      ...dialogue,
      recipient: dialogue.recipient ?? addressAbove(lines, openedAt),
      host: hostBefore(lines.slice(Math.max(0, openedAt - 2), openedAt)),
    });
    open = [];
  };
  for (const [at, raw] of lines.entries()) {
    const line = spokenLine(raw, isCommand);
    if (line.by === 'client') {
      close();
      note(dialogue, line.text);
    } else if (/^\d{3}(?:[ -:#]|$)/.test(line.text)) {
      if (open.length > 0 && !isNextLine(open, line.text)) close();
      if (open.length === 0) openedAt = at;
      if (open.length > 0 || /^[45]\d\d(?:[ -:#]|$)/.test(line.text)) open.push(line.text);
    } else if (open.length > 0) {
      if (goesOn(open.at(-1) ?? '', raw)) open.push(line.text);
      else close();
    }
    if (found.length >= MAX_FINDINGS) return found;
  }
  close();
  return found.length > 0 ? found : withoutEchoes(inProse(text));
}

/** An error that holds its reply twice, once without the basic code, holds one reply. */
function withoutEchoes(found: readonly Finding[]): readonly Finding[] {
  const words = ({ reply }: Finding) => `${reply?.enhanced} ${reply?.text.join(' ')}`;
  const whole = new Set(found.filter(({ codeAssumed }) => !codeAssumed).map(words));
  return found.filter((one) => !one.codeAssumed || !whole.has(words(one)));
}

function isCommand(text: string): boolean {
  return COMMAND.test(text.trim());
}

/** `450-one` goes on with `450 two`. */
function isNextLine(open: readonly string[], line: string): boolean {
  const first = open[0] ?? '';
  return line.startsWith(first.slice(0, 3)) && (open.at(-1) ?? '')[3] === '-';
}

function note(dialogue: Dialogue, command: string): void {
  dialogue.stage = command === '.' ? 'message' : stageOfCommand(command);
  if (/^(?:MAIL|RSET|EHLO|HELO)/i.test(command)) dialogue.recipient = null;
  if (/^MAIL/i.test(command)) dialogue.sender = addressIn(command);
  if (/^RCPT/i.test(command)) dialogue.recipient = addressIn(command);
}

function add(
  found: Finding[],
  lines: readonly string[],
  { host, ...dialogue }: Dialogue & { readonly host: Host | null },
): void {
  const embedded = lines.length === 0 ? null : readReply(withoutAside(lines.join('\n')));
  if (embedded === null) return;
  const alone = bare(embedded);
  found.push({
    ...alone,
    ...host,
    stage: dialogue.stage ?? alone.stage,
    sender: dialogue.sender,
    recipient: alone.recipient ?? dialogue.recipient,
  });
}

/** `The server answered: 450 4.7.1 Greylisted`, or an enhanced code alone; one for each line. */
function inProse(text: string): Finding[] {
  const found = new Map<string, Finding>();
  const lines = text.split(/\r?\n|\r/);
  for (let at = 0; at < lines.length && found.size < MAX_FINDINGS; at += 1) {
    const line = lines[at] ?? '';
    const start = REPLY_START.exec(line)?.index ?? STATUS_START.exec(line)?.index;
    if (start === undefined || STACK_FRAME.test(line)) continue;
    let last = at;
    while (last + 1 < lines.length && isMore(lines[last] ?? '', lines[last + 1] ?? '')) last += 1;
    const rest = lines.slice(at + 1, last + 1).map((one) => one.trim());
    const told =
      phpMailer(line) ?? proseReply([line, ...rest].join(' '), start, lines[at - 1] ?? '');
    if (told !== null) {
      const recipient = told.recipient ?? addressAbove(lines, at);
      const key = `${recipient} ${told.reply?.code} ${told.reply?.text.join(' ')}`;
      found.set(key, { ...told, recipient });
    }
    at = last;
  }
  return [...found.values()];
}

/** A line with a reply of its own is no more of the one above. */
function isMore(above: string, line: string): boolean {
  return goesOn(above, line) && !REPLY_START.test(line);
}

function proseReply(text: string, start: number, lineAbove: string): Finding | null {
  const embedded = readReply(withoutAside(upToCloser(text, start)));
  if (embedded === null) return null;
  const before = `${lineAbove} ${text.slice(0, start)}`;
  const told = bare((embedded.codeAssumed ? codeBefore(before, embedded) : null) ?? embedded);
  return {
    ...told,
    ...hostBefore([lineAbove, text.slice(0, start)]),
    recipient:
      told.recipient ??
      recipientBefore(text.slice(0, start)) ??
      recipientAround(text) ??
      soleAddressBefore(text.slice(0, start)) ??
      recipientNamed(lineAbove),
  };
}

const PHP_MAILER =
  /Detail:\s{1,3}(.{3,2000}?)\s+SMTP code:\s{1,3}([45]\d\d)(?:\s+Additional SMTP info:\s{1,3}([45]\.\d{1,3}\.\d{1,3}))?/;

/** PHPMailer puts the codes behind the words: `Detail: Greylisted SMTP code: 450 Additional ...: 4.7.1`. */
function phpMailer(line: string): Finding | null {
  const [, words = '', code = '', enhanced] = PHP_MAILER.exec(line) ?? [];
  if (code === '') return null;
  const embedded = readReply(`${code} ${enhanced === undefined ? '' : `${enhanced} `}${words}`);
  return embedded === null ? null : bare(embedded);
}

const LINES_ABOVE = 8;

type Host = Pick<Finding, 'remoteHost' | 'remoteAddress'>;

const HOST_AND_ADDRESS =
  /(?:^|[\s[(])([a-z0-9_-][a-z0-9_.-]{2,252}) ?[[( ]([\da-f.:]{7,45})(?:[\])]|:\s)/i;
const SPEAKS_OF_CLIENT = /\b(?:from|client|received|helo|source)\b/i;

const HOST_FIELD =
  /(?<![\w-])(?:remote[-_ ])?host(?:name)?(?:=|: )"?((?:[a-z0-9_-]{1,63}\.){1,10}[a-z]{2,24})(?![\w.-])/i;

/** The host that the nearest of these lines names: `mx.example.org [192.0.2.1]:`, `host=mx.example.org`. */
function hostBefore(lines: readonly string[]): Host | null {
  for (const line of [...lines].reverse()) {
    const [, name = '', address = ''] = HOST_AND_ADDRESS.exec(line) ?? [];
    const remoteAddress = cleanIp(address);
    if (remoteAddress !== null && !SPEAKS_OF_CLIENT.test(line)) {
      return { remoteHost: cleanIp(name) === null ? cleanHost(name) : null, remoteAddress };
    }
    const field = HOST_FIELD.exec(line)?.[1];
    if (field !== undefined) return { remoteHost: cleanHost(field), remoteAddress: null };
  }
  return null;
}

/** Words before the recipient, in a sentence above the reply. */
const NAMED_ABOVE =
  /(?:^|\s)(?:to|for|an|für|à|a|ao|al|pour|para|per|voor|aan|naar|til|till|do|dla|pro|komu|для|на|кому|адресату|получателю|recipient|recipients|empfänger|destinataire|destinatari[oae]|destinatário|odbiorcy|příjemci|收件人|宛先)[:：]? <?([^\s<>@]{1,64}@[^\s<>@]{1,255}?)>?[.,;:]?(?=\s|$)/i;

/** A line above that is an address and nothing else, or that names one: `your message to u@example.org.` */
function addressAbove(lines: readonly string[], at: number): string | null {
  for (let above = at - 1; above >= Math.max(0, at - LINES_ABOVE); above -= 1) {
    const line = lines[above] ?? '';
    const named = NAMED_ABOVE.exec(line)?.[1] ?? line;
    const address =
      cleanAddress(named.replace(/:$/, '')) ??
      (NAMES_SENDER.test(line) ? null : soleAddressBefore(line));
    if (address !== null) return address;
  }
  return null;
}

const NAMES_SENDER =
  /^\W{0,4}(?:from|sender|return-path|reply-to|cc|message-?id|subject|von|absender|de|expéditeur|remitente|mittente|da|van|afzender|od|nadawca|odesílatel|от|отправитель|差出人|发件人|mail from)(?!\p{L})|message-?id|postmaster@|mailer-daemon@/iu;

/** `recipient address u@example.org not accepted by the server`, above the reply. */
function recipientNamed(line: string): string | null {
  return cleanAddress(/recipient(?: address)? (\S{3,320})/i.exec(line)?.[1] ?? '');
}

/** An address that stands right before the reply: `failed: u@example.org 450 4.7.1 ...`. */
function recipientBefore(text: string): string | null {
  const [, word = '', address = ''] =
    /(?:(\S{1,40}) )?<?([^\s<>"'(=]{1,64}@[^\s<>"')]{1,255}?)>?[ \t:,;-]{1,4}$/.exec(text) ?? [];
  return SENDER_WORD.test(word) ? null : cleanAddress(address);
}

const ADDRESSES = /(?:(\S{1,40}) {1,3})?["'<(]?([^\s<>"'(=;,|@]{1,64}@[^\s<>"'(),;|:@]{1,255})/g;
const SENDER_WORD = /^(?:from|sender|by|von|de|da|van|od|от)[:=]?$/i;

/** The one address that stands before the reply, not called the sender's: `u@e.example;2026-01-05;450 ...`. */
function soleAddressBefore(text: string): string | null {
  const found = [...text.matchAll(ADDRESSES)].filter(([, word = '']) => !SENDER_WORD.test(word));
  return found.length === 1 ? cleanAddress((found[0]?.[2] ?? '').replace(/[.!?]+$/, '')) : null;
}

/** Exceptions and dialogs name the recipient around the reply. */
function recipientAround(text: string): string | null {
  const named =
    /(?:recipients?|address|rcpt|to|an)[^@<>"']{0,40}["'<]([^\s"'<>]{1,64}@[^\s"'<>]{1,255})["'>]/i.exec(
      text,
    );
  return named === null ? null : cleanAddress(named[1] ?? '');
}

/** What stands right before the reply and ends it as well. */
const CLOSERS: Readonly<Record<string, string>> = {
  '"': '"',
  "'": "'",
  '`': '`',
  '\u201c': '\u201d',
  '\u201e': '\u201c',
  '\u2018': '\u2019',
  '\u00ab': '\u00bb',
};

/** An apostrophe within a word (`can't`) closes nothing. */
function closing(text: string, closer: string, from: number): number {
  let at = text.indexOf(closer, from);
  while (at >= 0 && closer === "'" && /\w/.test(text[at + 1] ?? '')) {
    at = text.indexOf(closer, at + 1);
  }
  return at;
}

/** A quotation mark or bracket right before the reply ends it; a bracket that was not opened does too. */
function upToCloser(text: string, start: number): string {
  const before = text.slice(0, start);
  const escaped = before.endsWith('\\"');
  const opener = before.replace(/\s+$/, '').at(-1) ?? '';
  const closer = escaped ? '\\"' : CLOSERS[opener];
  if (closer !== undefined) {
    const end = closing(text, closer, start);
    return text.slice(start, end < 0 ? undefined : end);
  }
  // `msg="Refused: 450 4.7.1 ..." delay=64`: the value was opened further back.
  const quotes = before.match(/(?<!\\)"/g)?.length ?? 0;
  if (quotes % 2 === 1) {
    const end = text.indexOf('"', start);
    return text.slice(start, end < 0 ? undefined : end);
  }
  return upToBracket(text, start);
}

/** A bracket that the reply did not open ends it: `[mx.example.org 192.0.2.1: 451 4.7.1 ...]`. */
function upToBracket(text: string, start: number): string {
  const open: string[] = [];
  for (let at = start; at < text.length; at += 1) {
    const character = text[at] ?? '';
    if (character === '(' || character === '[') open.push(character);
    const opener = BRACKETS[character];
    if (opener !== undefined && open.pop() !== opener) return text.slice(start, at);
  }
  return text.slice(start);
}

const BRACKETS: Readonly<Record<string, string>> = { ')': '(', ']': '[' };

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
  const named = /<([^<>\s]{1,320}@[^<>\s]{1,255})>(?!: Sender)/.exec(said)?.[1];
  if (named === undefined || /(?:from|sender)[^<]{0,12}</i.test(said)) return null;
  return cleanAddress(named);
}
