import type { Stage } from '../../../model/smtp.js';
import { addressIn, cleanAddress, cleanHost, cleanIp } from '../../addresses.js';
import { stageOfCommand } from '../../commands.js';
import { type EmbeddedReply, readReply } from '../../embedded-reply.js';
import { between } from '../between.js';
import type { LoggedAttempt, LoggedOutcome } from '../events.js';
import { decodeUtf8 } from '../line.js';
import { attempt } from '../make-event.js';
import type { LogRecord } from '../record.js';
import type { Emit, LogLine, LogReader, LogSource, ReadLine, Wanted } from '../source.js';

/*
 * Postfix. Which lines matter follows from the daemon's name, then from a few characters behind the
 * queue id; only those lines are read on.
 */

/** What a daemon's lines can tell. */
type Role = 'delivers' | 'queue' | 'receives';

const ROLES: Readonly<Record<string, Role>> = {
  smtp: 'delivers',
  lmtp: 'delivers',
  error: 'delivers',
  retry: 'delivers',
  local: 'delivers',
  virtual: 'delivers',
  pipe: 'delivers',
  qmgr: 'queue',
  nqmgr: 'queue',
  smtpd: 'receives',
  postscreen: 'receives',
  cleanup: 'receives',
  submission: 'receives',
  smtps: 'receives',
};

const REMOTE =
  /^(?:SASL authentication failed; server|host) ([^\s[\]]{1,255})\[([^\]]{1,64})\](?::\d{1,5})? (said|refused to talk to me): /;
const SUSPENDED = 'delivery temporarily suspended: ';
const IN_REPLY_TO = / \(in reply to ([A-Za-z ]{1,40}?)(?: command)?\)$/;
const REJECT =
  /reject: ([A-Z-]{2,20})(?: command)? from ([^\s[\]]{0,255})\[([^\]]{1,64})\](?::\d{1,5})?: /;
const REJECTS = ['reject: ', 'milter-reject: ', 'proxy-reject: '] as const;
/** Longest queue id, with room. */
const MAX_ID = 24;
const SPACE = 0x20;
const COLON = 0x3a;
/** Characters of a reason without a reply that are kept. */
const MAX_REASON = 500;

export const postfix: LogSource = {
  id: 'postfix-log',
  ofProgram: (program) => roleOf(program) !== undefined,
  fragments: [', status=', 'NOQUEUE: reject: '],
  ofRecord: (record) => record.has('queueid') && record.has('recipients.0.address'),
  open: postfixReader,
};

/** `postfix/smtp`, `postfix-out2/smtp`, `postfix/relay/smtp`: the last part is the daemon. */
function roleOf(program: string): Role | undefined {
  const slash = program.lastIndexOf('/');
  if (slash < 0) return undefined;
  const role = ROLES[program.slice(slash + 1)];
  // Services of master.cf may have any name: those of Postfix by its usual name are tried.
  return role ?? (program.startsWith('postfix') ? 'delivers' : undefined);
}

function postfixReader(wanted: Wanted): LogReader {
  const { deliveriesOf } = wanted;
  const readers: Readonly<Record<Role, ReadLine>> = {
    delivers: (line, emit) => {
      if (deliveriesOf === undefined || isWanted(line, deliveriesOf)) readDelivery(line, emit);
    },
    queue: (line, emit) => readQueue(line, wanted, emit),
    receives: readReject,
  };
  return {
    line: (line, emit) => readers[roleOf(line.program) ?? roleOfFragment(line)](line, emit),
    linesOf: (program) => readers[roleOf(program) ?? 'delivers'],
    record: readQueueRecord,
  };
}

/** False for a delivery that nobody looks at; most lines of a log are such. */
function isWanted(line: LogLine, deliveriesOf: (message: string) => boolean): boolean {
  if (!line.bytes().includes(', status=sent (')) return true;
  const message = messageOf(line);
  return message === null || deliveriesOf(message);
}

function roleOfFragment(line: LogLine): Role {
  return line.words().includes('reject: ') ? 'receives' : 'delivers';
}

/** `4dlPxQ0Zz1z9rxj`, where the line begins with a queue id; null for lines without. */
function messageOf(line: LogLine): string | null {
  const colon = endOfId(line);
  if (colon - line.body < 5) return null;
  const id = line.chunk.slice(line.body, colon);
  return id === 'NOQUEUE' || id === 'warning' ? null : id;
}

/** The colon behind the one word (an id, `NOQUEUE`) that the line begins with; -1 for other lines. */
function endOfId({ chunk, body, end }: LogLine): number {
  const last = Math.min(end, body + MAX_ID + 1);
  for (let at = body; at < last; at += 1) {
    const code = chunk.charCodeAt(at);
    if (code === COLON) return chunk.charCodeAt(at + 1) === SPACE ? at : -1;
    if (code === SPACE) return -1;
  }
  return -1;
}

/** `postfix-out2` of `postfix-out2/relay/smtp`. */
function instanceOf(program: string): string | null {
  const slash = program.indexOf('/');
  return slash < 0 ? null : program.slice(0, slash);
}

function told(line: LogLine) {
  return {
    source: postfix.id,
    when: line.when(),
    logHost: line.logHost(),
    instance: instanceOf(line.program),
    message: messageOf(line),
  } as const;
}

function readQueue(line: LogLine, { arrivals, removals }: Wanted, emit: Emit): void {
  const { chunk, end } = line;
  const colon = endOfId(line);
  if (colon < 0) return;
  if (chunk.startsWith('removed', colon + 2)) {
    if (removals) emit({ kind: 'gone', ...told(line), why: 'removed', recipient: null });
    return;
  }
  if (chunk.startsWith('to=<', colon + 2)) readDelivery(line, emit);
  if (!chunk.startsWith('from=<', colon + 2)) return;
  const close = chunk.indexOf('>', colon + 8);
  if (close < 0 || close >= end) return;
  if (chunk.startsWith(', status=expired', close + 1)) {
    emit({ kind: 'gone', ...told(line), why: 'expired', recipient: null });
    return;
  }
  if (!arrivals) return;
  const sender = decodeUtf8(chunk.slice(colon + 8, close));
  emit({
    kind: 'active',
    // Written out, not spread, here and for tries: logs have millions of these.
    source: postfix.id,
    when: line.when(),
    logHost: line.logHost(),
    instance: instanceOf(line.program),
    message: messageOf(line),
    sender,
  });
}

function readDelivery(line: LogLine, emit: Emit): void {
  const { chunk, start, end } = line;
  // What people copy often lacks the beginning, and so the id.
  const colon = endOfId(line);
  const at = colon < 0 || line.program === '' ? start + line.bytes().indexOf('to=<') : colon + 2;
  if (at < start || at >= end) return;
  if (chunk.startsWith('to=<', at)) readStatus(line, decodeUtf8(chunk.slice(at, end)), emit);
  else if (chunk.startsWith('host ', at)) readPassedOver(line, chunk.slice(at, end), emit);
}

/** A message of `postqueue -j`: each recipient with the reason why it waits. */
function readQueueRecord(record: LogRecord, emit: Emit): void {
  const message = record.get('queueid');
  const arrivedAt = Number(record.get('arrivaltime'));
  for (let n = 0; record.has(`recipients.${n}.address`); n += 1) {
    const reason = record.get(`recipients.${n}.delayreason`);
    if (reason === '') continue;
    const read = postfixOutcome(reason);
    if (read === null) continue;
    emit(
      attempt({
        source: postfix.id,
        message,
        arrivedAt: arrivedAt > 0 ? arrivedAt : null,
        sender: cleanAddress(record.get('sender')),
        recipient: cleanAddress(record.get(`recipients.${n}.address`)),
        ...read,
      }),
    );
  }
}

/** The reason why a recipient waits in the queue, as `mailq` and `postqueue -j` show it. */
export function postfixOutcome(
  reason: string,
): Pick<LoggedAttempt, 'outcome' | 'host' | 'address'> | null {
  const said = readSaid(reason);
  const outcome = outcomeOf('deferred', reason, said);
  const host = cleanHost(said?.host ?? '');
  return outcome === null ? null : { outcome, host, address: cleanIp(said?.address ?? '') };
}

/** `host mx1[192.0.2.1] said: 450 ... (in reply to RCPT TO command)`, before the next host is tried. */
function readPassedOver(line: LogLine, bytes: string, emit: Emit): void {
  const said = readSaid(decodeUtf8(bytes));
  if (said === null) return;
  const { reply, codeAssumed } = said.embedded;
  emit({
    kind: 'passed-over',
    source: postfix.id,
    when: line.when(),
    logHost: line.logHost(),
    instance: instanceOf(line.program),
    message: messageOf(line),
    recipient: addressIn(said.text),
    host: cleanHost(said.host),
    address: cleanIp(said.address),
    outcome: { kind: 'refused', reply, codeAssumed, stage: said.stage, final: false },
  });
}

/**
 * `to=<..>, [orig_to=<..>, ]relay=H[IP]:25, [conn_use=2, ]delay=301, delays=300/0.02/0.1/0.4,
 * [tls=.., ]dsn=2.0.0, status=sent (...)`. Fields are found by name, and only before the status: what
 * stands behind it the other side wrote.
 */
function readStatus(line: LogLine, rest: string, emit: Emit): void {
  const status = rest.indexOf(', status=');
  if (status < 0) return;
  const open = rest.indexOf(' (', status);
  if (open < 0) return;
  const word = rest.slice(status + ', status='.length, open);
  const reason = rest.slice(open + 2, rest.endsWith(')') ? -1 : undefined);
  const fields = rest.slice(0, status);
  const said = word === 'sent' ? null : readSaid(reason);
  const outcome = outcomeOf(word, reason, said);
  if (outcome === null) return;
  const relay = said === null ? (between(fields, ', relay=', ',') ?? '') : '';
  const bracket = relay.indexOf('[');
  emit({
    kind: 'attempt',
    source: postfix.id,
    when: line.when(),
    logHost: line.logHost(),
    instance: instanceOf(line.program),
    message: messageOf(line),
    recipient: cleanAddress(between(fields, 'to=<', '>') ?? '') ?? addressIn(said?.text ?? ''),
    sender: null,
    host: cleanHost(said?.host ?? (bracket < 0 ? '' : relay.slice(0, bracket))),
    address: cleanIp(said?.address ?? (bracket < 0 ? '' : (between(relay, '[', ']') ?? ''))),
    localAddress: null,
    sinceArrivalSeconds: numberIn(fields, ', delay='),
    arrivedAt: null,
    durationSeconds: lastDelay(between(fields, ', delays=', ',') ?? ''),
    outcome,
  });
}

function outcomeOf(word: string, reason: string, said: Said | null): LoggedOutcome | null {
  const final = word === 'bounced' || word === 'expired';
  if (word === 'sent') return { kind: 'accepted' };
  if (!final && word !== 'deferred' && word !== 'SOFTBOUNCE') return null;
  if (reason.startsWith(SUSPENDED)) {
    const { reply = null } = said?.embedded ?? {};
    return { kind: 'suspended', reason: shortReason(reason), reply, stage: said?.stage ?? null };
  }
  if (said === null) return { kind: 'own-side', reason: shortReason(reason), final };
  const { reply, codeAssumed } = said.embedded;
  return { kind: 'refused', reply, codeAssumed, stage: said.stage, final };
}

function shortReason(reason: string): string {
  return reason.slice(0, MAX_REASON);
}

function numberIn(fields: string, name: string): number | null {
  const at = fields.indexOf(name);
  const value = at < 0 ? Number.NaN : Number.parseFloat(fields.slice(at + name.length, at + 24));
  return Number.isFinite(value) ? value : null;
}

/** The last of `delays=a/b/c/d`: from MAIL to the last reply. */
function lastDelay(delays: string): number | null {
  const value = Number.parseFloat(delays.slice(delays.lastIndexOf('/') + 1));
  return Number.isFinite(value) ? value : null;
}

interface Said {
  readonly embedded: EmbeddedReply;
  readonly text: string;
  readonly stage: Stage | null;
  readonly host: string;
  readonly address: string;
}

/** `host mx[192.0.2.1] said: 450 ... (in reply to RCPT TO command)`; null when nobody said anything. */
function readSaid(reason: string): Said | null {
  const plain = reason.startsWith(SUSPENDED) ? reason.slice(SUSPENDED.length) : reason;
  const remote = REMOTE.exec(plain);
  if (remote === null) return null;
  const said = plain.slice(remote[0].length);
  const command = IN_REPLY_TO.exec(said);
  const text = command === null ? said : said.slice(0, command.index);
  const embedded = readReply(text);
  if (embedded === null) return null;
  const stage = remote[3] === 'said' ? stageOfCommand(command?.[1] ?? '') : 'connect';
  return { embedded, text, stage, host: remote[1] ?? '', address: remote[2] ?? '' };
}

/** Of smtpd and postscreen (`NOQUEUE: reject: RCPT from ...`), and of milters (`milter-reject:`). */
function readReject(line: LogLine, emit: Emit): void {
  if (line.program !== '' && !isReject(line.chunk, endOfId(line) + 2)) return;
  const rest = line.words();
  const reject = REJECT.exec(rest);
  if (reject === null) return;
  const detail = rest.slice(reject.index + reject[0].length);
  // The envelope stands at the end; the text before it may hold semicolons of its own.
  const envelope = detail.search(/; (?:from=<?[^>\s]*>?|to=<?|proto=|client=)/);
  const embedded = readReply(envelope < 0 ? detail : detail.slice(0, envelope));
  if (embedded === null) return;
  const tail = envelope < 0 ? '' : detail.slice(envelope);
  emit({
    kind: 'decision',
    ...told(line),
    decided: 'refused',
    greylister: null,
    client: cleanHost(reject[2] ?? ''),
    clientAddress: cleanIp(reject[3] ?? ''),
    sender: addressOf(tail, 'from'),
    recipient: addressOf(tail, 'to'),
    ageSeconds: null,
    missingSeconds: null,
    early: false,
    reply: embedded.reply,
    codeAssumed: embedded.codeAssumed,
    stage: stageOfCommand(reject[1] ?? ''),
  });
}

/** Behind an id or `NOQUEUE`. Asked of most lines of a server that receives mail. */
function isReject(chunk: string, at: number): boolean {
  if (at < 2) return false;
  for (const words of REJECTS) {
    if (chunk.charCodeAt(at) === words.charCodeAt(0) && chunk.startsWith(words, at)) return true;
  }
  return false;
}

/** `from=<a@b.example>`; a forum may have eaten the brackets. */
function addressOf(tail: string, name: string): string | null {
  return cleanAddress(new RegExp(`[ ;,]${name}=<?([^>\\s,]{3,320})`).exec(tail)?.[1] ?? '');
}
