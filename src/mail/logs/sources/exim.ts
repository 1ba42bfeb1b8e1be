import { addressIn, cleanAddress, cleanHost, cleanIp } from '../../addresses.js';
import { stageOfCommand } from '../../commands.js';
import { assumeReply, readReply } from '../../embedded-reply.js';
import { between } from '../between.js';
import { unitSeconds } from '../durations.js';
import type { LoggedAttempt, LoggedOutcome, Refused } from '../events.js';
import { decodeUtf8 } from '../line.js';
import type { Emit, LogLine, LogSource, Wanted } from '../source.js';

/*
 * Exim's main and reject log. Behind the time stands the message's id, then a mark:
 *   <= sender   => -> recipient, delivered   == recipient, deferred   ** recipient, failed   Completed
 * Without an id: what Exim refused itself (`H=client [ip] F=<..> temporarily rejected RCPT <..>: ..`).
 */

const SPACE = 0x20;
const DASH = 0x2d;
const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** `1tFxyz-000abc-1A` up to 4.96, `1tFxyz-00000000abc-1Abc` since. */
const OLD_ID_LENGTH = 16;
const ID_LENGTH = 23;

/**
 * `user@example.org <original@...>`; for a pipe or a file the recipient is the original address.
 */
const RECIPIENT = /^(:\w{1,20}:|\S{1,400}?)(?: <([^>]{0,400})>)?(?: \([^)]{0,100}\))*(?=:? |$)/;
const REMOTE_ERROR = /SMTP error from remote (?:mail server|mailer) after /;
const HOST = /\bH=([^\s[\]()]{1,255})?(?: ?\([^)]{0,255}\))? ?\[([^\]]{1,64})\]/;
const OLD_HOST = /^host ([^\s[\]]{1,255}) \[([^\]]{1,64})\](?::\d{1,5})?: /;
const REFUSED = /\btemporarily rejected (RCPT|MAIL|connection|EHLO or HELO|after DATA|DATA)\b/;
const DEFERRED_WHY = /\sdefer \((-?\d{1,5})\)(?: H=[^:]{1,300})?: (.{1,500})/;
/** `defer (-52)` to `(-54)`: the host waits for its retry time, so nobody was asked. */
const NOT_TRIED = 'retry time not reached';

export const exim: LogSource = {
  id: 'exim-log',
  ofProgram: (program) => /^exim[\d.]{0,4}$/.test(program),
  ofLine: (line) => placeAfterTime(line) > 0,
  fragments: [
    'SMTP error from remote mail',
    'temporarily rejected ',
    ' defer (',
    ': retry timeout exceeded',
  ],
  open: (wanted) => ({ line: (line, emit) => readLine(line, wanted, emit) }),
};

/** Where the id, or `H=`, begins behind Exim's own time; -1 where the line is none of Exim's. */
function placeAfterTime({ chunk, body, end }: LogLine): number {
  if (chunk.charCodeAt(body + 4) !== DASH || chunk.charCodeAt(body + 10) !== SPACE) return -1;
  let at = chunk.indexOf(' ', body + 19) + 1;
  // `2026-01-05 10:00:00.123 +0100 [4711] 1tFxyz-...`
  if (chunk[at] === '+' || chunk[at] === '-') at = chunk.indexOf(' ', at) + 1;
  if (chunk[at] === '[') at = chunk.indexOf(' ', at) + 1;
  if (at <= 0 || at >= end) return -1;
  return idEnd(chunk, at) > 0 || chunk.startsWith('H=', at) ? at : -1;
}

/** Where the id that begins here ends; -1 where none begins. */
function idEnd(chunk: string, at: number): number {
  if (chunk.charCodeAt(at + 6) !== DASH) return -1;
  for (const [length, dash] of [
    [ID_LENGTH, 18],
    [OLD_ID_LENGTH, 13],
  ] as const) {
    if (chunk.charCodeAt(at + dash) === DASH && chunk.charCodeAt(at + length) === SPACE) {
      return at + length;
    }
  }
  return -1;
}

function readLine(line: LogLine, { arrivals, removals, deliveriesOf }: Wanted, emit: Emit): void {
  const start = placeAfterTime(line);
  const at = start < 0 ? line.body : start;
  const { chunk, end } = line;
  const id = idEnd(chunk, at);
  // Lines of one message's own log (`exim -Mvl`), and pieces that people copy, have no id.
  const markAt = id < 0 ? at : id + 1;
  const mark = chunk.slice(markAt, markAt + 3);
  const message = id < 0 ? null : chunk.slice(at, id);
  if (mark === '<= ') {
    if (arrivals) readArrival(line, message, markAt + 3, emit);
  } else if (mark === '=> ' || mark === '-> ' || mark === '>> ') {
    if (message !== null && deliveriesOf?.(message) === false) return;
    emit(
      readAttempt(line, message, decodeUtf8(chunk.slice(markAt + 3, end)), { kind: 'accepted' }),
    );
  } else if (mark === 'Com' && id > 0) {
    if (removals) {
      emit({ kind: 'gone', ...told(line, message), why: 'removed', recipient: null });
    }
  } else readTrouble(line, message, decodeUtf8(chunk.slice(markAt, end)), emit);
}

function told(line: LogLine, message: string | null) {
  return {
    source: exim.id,
    when: line.when(),
    logHost: line.logHost(),
    instance: null,
    message,
  } as const;
}

function readArrival(line: LogLine, message: string | null, at: number, emit: Emit): void {
  const { chunk, end } = line;
  const blank = chunk.indexOf(' ', at);
  const sender = decodeUtf8(chunk.slice(at, blank < 0 || blank > end ? end : blank));
  const fields = blank < 0 ? '' : chunk.slice(blank, end);
  const opened = fields.indexOf('] P=');
  const client = opened < 0 ? '' : fields.slice(fields.lastIndexOf('[', opened) + 1, opened);
  emit({
    kind: 'active',
    // Written out, not spread, here and for tries: logs have millions of these.
    source: exim.id,
    when: line.when(),
    logHost: line.logHost(),
    instance: null,
    message,
    sender: sender === '<>' ? '' : sender,
    clientAddress: cleanIp(client),
  });
}

/** Deferrals, failures, refusals of one host among several, and of clients. */
function readTrouble(line: LogLine, message: string | null, rest: string, emit: Emit): void {
  const mark = /(?:^|\s)(==|\*\*) /.exec(rest);
  const error = REMOTE_ERROR.exec(rest);
  if (mark === null) {
    if (error !== null) readPassedOver(line, message, rest, error, emit);
    else readRefused(line, message, rest, emit);
    return;
  }
  const fields = rest.slice(mark.index + mark[0].length);
  const final = mark[1] === '**';
  const outcome = error === null ? withoutReply(rest, final) : refusal(rest, error, final)?.outcome;
  if (outcome == null) return;
  const attempt = readAttempt(line, message, fields, outcome);
  emit(attempt);
  if (final && rest.endsWith(': retry timeout exceeded')) {
    const { recipient } = attempt;
    emit({ kind: 'gone', ...told(line, message), why: 'expired', recipient });
  }
}

function readAttempt(
  line: LogLine,
  message: string | null,
  fields: string,
  outcome: LoggedOutcome,
): LoggedAttempt {
  const error = REMOTE_ERROR.exec(fields);
  const head = error === null ? fields : fields.slice(0, error.index);
  const host = hostOf(head) ?? OLD_HOST.exec(fields.slice(fields.indexOf(': host ') + 2));
  return {
    kind: 'attempt',
    source: exim.id,
    when: line.when(),
    logHost: line.logHost(),
    instance: null,
    message,
    recipient: recipientOf(head) ?? (error === null ? null : recipientIn(fields, error)),
    addressedTo: addressedTo(head),
    sender: cleanAddress(between(head, ' F=<', '>') ?? between(head, ' P=<', '>') ?? ''),
    host: cleanHost(host?.[1] ?? ''),
    address: cleanIp(host?.[2] ?? ''),
    localAddress: cleanIp(between(head, ' I=[', ']') ?? ''),
    sinceArrivalSeconds: unitSeconds(between(`${head} `, ' QT=', ' ') ?? ''),
    arrivedAt: message === null ? null : arrivalOfEximId(message),
    durationSeconds: unitSeconds(between(`${head} `, ' DT=', ' ') ?? ''),
    outcome,
  };
}

function hostOf(head: string): RegExpExecArray | null {
  return head.includes('H=') ? HOST.exec(head) : null;
}

function recipientOf(fields: string): string | null {
  const [, address = '', original = ''] = RECIPIENT.exec(fields) ?? [];
  return cleanAddress(/^[|/:]/.test(address) ? original : address);
}

/** `=> bob <alias@example.org> R=..`, `=> /var/mail/bob <bob@example.org> R=..`. */
function addressedTo(fields: string): string | null {
  return fields.includes(' <') ? cleanAddress(RECIPIENT.exec(fields)?.[2] ?? '') : null;
}

function recipientIn(text: string, error: RegExpExecArray): string | null {
  const command = commandOf(text, error);
  return /RCPT TO:/i.test(command) ? addressIn(command) : null;
}

function commandOf(text: string, error: RegExpExecArray): string {
  const after = text.slice(error.index + error[0].length);
  return after.slice(0, Math.max(0, after.indexOf(': ')));
}

interface Refusal {
  readonly outcome: Refused;
  readonly host: RegExpExecArray | null;
}

/** `... after RCPT TO:<..>: [host mx [ip]: ]450 ...`. */
function refusal(rest: string, error: RegExpExecArray, final: boolean): Refusal | null {
  const command = commandOf(rest, error);
  const said = rest.slice(error.index + error[0].length + command.length + 2);
  const old = OLD_HOST.exec(said);
  const embedded = readReply(old === null ? said : said.slice(old[0].length));
  if (embedded === null || command === '') return null;
  const outcome = { kind: 'refused', ...embedded, stage: stageOfCommand(command), final } as const;
  return { outcome, host: old };
}

function readPassedOver(
  line: LogLine,
  message: string | null,
  rest: string,
  error: RegExpExecArray,
  emit: Emit,
): void {
  const refused = refusal(rest, error, false);
  if (refused === null) return;
  const host = refused.host ?? hostOf(rest.slice(0, error.index));
  emit({
    kind: 'passed-over',
    ...told(line, message),
    recipient: recipientIn(rest, error),
    host: cleanHost(host?.[1] ?? ''),
    address: cleanIp(host?.[2] ?? ''),
    outcome: refused.outcome,
  });
}

/** `== user@example.org R=.. T=.. defer (110): Connection timed out`, `** ..: retry timeout exceeded`. */
function withoutReply(rest: string, final: boolean): LoggedOutcome | null {
  if (final) {
    return rest.endsWith(': retry timeout exceeded')
      ? { kind: 'own-side', reason: 'retry timeout exceeded', final }
      : null;
  }
  const why = DEFERRED_WHY.exec(rest)?.[2];
  if (why === undefined) return null;
  return why.startsWith(NOT_TRIED)
    ? { kind: 'suspended', reason: why, reply: null, stage: null }
    : { kind: 'own-side', reason: why, final };
}

/** The log has the reason but not the reply: 451 is what Exim answers for a defer. */
function readRefused(line: LogLine, message: string | null, rest: string, emit: Emit): void {
  const refused = REFUSED.exec(rest);
  if (refused === null) return;
  const after = rest.slice(refused.index + refused[0].length);
  const reason = /^(?:\s+<([^>]{0,320})>)?:?\s*(.*)$/.exec(after);
  const host = HOST.exec(rest);
  const address = cleanAddress(reason?.[1] ?? '');
  const isSender = refused[1] === 'MAIL';
  emit({
    kind: 'decision',
    ...told(line, message),
    decided: 'refused',
    greylister: null,
    client: cleanHost(host?.[1] ?? ''),
    clientAddress: cleanIp(host?.[2] ?? ''),
    sender: isSender ? address : cleanAddress(between(rest, ' F=<', '>') ?? ''),
    recipient: isSender ? null : address,
    ageSeconds: null,
    missingSeconds: null,
    early: false,
    ...assumeReply(451, null, reason?.[2] ?? ''),
    stage: refused[1] === 'after DATA' ? 'message' : stageOfCommand(refused[1] ?? ''),
  });
}

/** The first six characters of an id are the arrival in seconds since 1970, in base 62. */
export function arrivalOfEximId(message: string): number | null {
  let seconds = 0;
  for (const character of message.slice(0, 6)) {
    const digit = DIGITS.indexOf(character);
    if (digit < 0) return null;
    seconds = seconds * 62 + digit;
  }
  return seconds;
}
