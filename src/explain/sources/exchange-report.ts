import { addressIn, cleanAddress, cleanHost, cleanIp } from '../addresses.js';
import { type EmbeddedReply, readReply } from '../embedded-reply.js';
import { type Fate, type Finding, finding } from '../finding.js';
import { type ExchangeStatus, readExchangeStatus } from './exchange-status.js';

/** Findings that one report may give. */
const MAX_FINDINGS = 200;

/** `<mail.sender.example #4.7.1 smtp;450 4.7.1 <user@example.org>: ...>`; the host is the reporter. */
const OLD_STATUS = /<\s*([a-z0-9_.-]{1,253})\s+#([245]\.\d{1,3}\.\d{1,3})(?=[\s>])/gi;
/** Exchange 2007 and later: `... #450 4.7.1 ... ##`, `#< #4.4.7 ...> #SMTP#`, `returned '450 ...'`. */
const NEW_STATUS =
  /(?:^|[\s(])(?:([a-z0-9_.-]{4,253})\s+)?(#(?:[45]\d\d[ -](?=\d\.\d|[^\r\n]{0,4000}#)|<\s{0,3}#\d\.\d)[^\r\n]{0,4000})|Remote[ -]?Server(?: at ([^\s()]{1,253}) \(([^)]{1,64})\))?\s+(?:returned|hat)\s+(['"‘’][^\r\n]{3,4000})/gim;
const LAST_ERROR = /(?:\{LED=|responded with:\s*"|QUEUE\.Expired)/;
const DELAYED =
  /delivery (?:is |has been )?delayed|delayed notification|will (?:keep|continue)(?: to)? try|wird weiterhin versucht/i;

/**
 * Reads the text of a non-delivery report of Exchange: the `<host #4.7.1 smtp;...>` of 2000 and
 * 2003, and the administrator part of 2007 and later. Language does not matter: only the machine's
 * own lines are read. Empty when the text is no such report.
 */
export function parseExchangeReport(text: string): readonly Finding[] {
  const old = readOld(text);
  if (old.length > 0) return old;
  const recent = readNew(text);
  return recent.length > 0 ? recent : readLastError(text);
}

function readOld(text: string): Finding[] {
  const found: Finding[] = [];
  let before = 0;
  for (const match of text.matchAll(OLD_STATUS)) {
    if (found.length >= MAX_FINDINGS) break;
    const start = match.index;
    const end = closing(text, start);
    const inside = unfold(text.slice(start + match[0].length, end));
    const said = inside.replace(/^\s*smtp;\s*/i, '').trim();
    const status = match[2] ?? '';
    const embedded = (said === '' ? null : readReply(said)) ?? readReply(`${status} ${said}`);
    if (embedded === null) continue;
    found.push(
      finding({
        ...base(text, embedded),
        software: 'exchange-2003',
        reportingHost: cleanHost(match[1] ?? ''),
        recipient: recipientOf(text.slice(before, start), said),
        stage: stageOf(said, embedded),
      }),
    );
    before = end;
  }
  return found;
}

function readNew(text: string): Finding[] {
  const found: Finding[] = [];
  const seen = new Set<string>();
  const reporter = cleanHost(
    /^(?:Generating server|Generierender Server|Serveur de g[^:]{3,20}|Servidor de g[^:]{3,20}|Reporting[- ]MTA)\s?:\s*(?:dns;)?\s*(\S{1,253})/im.exec(
      text,
    )?.[1] ?? '',
  );
  let before = 0;
  for (const match of text.matchAll(NEW_STATUS)) {
    if (found.length >= MAX_FINDINGS) break;
    const raw = match[2] ?? match[5] ?? '';
    const status = readExchangeStatus(match[2] === undefined ? `returned ${raw}` : raw);
    if (status === null) continue;
    const stretch = text.slice(before, match.index);
    before = match.index;
    const recipient = recipientOf(stretch, raw);
    const key = `${recipient}|${status.reply.code}|${status.reply.text.join(' ')}`;
    // One report tells the same status twice: in words and as `#...##`.
    if (seen.has(key)) continue;
    seen.add(key);
    found.push(
      finding({
        ...base(text, status),
        ...hostsOf(
          status,
          match[3] ?? lastHost(match[1] ?? lastLine(stretch), recipient),
          match[4],
        ),
        software: 'exchange-2007plus',
        reportingHost: reporter,
        recipient,
        stage: stageOf(raw, status),
      }),
    );
  }
  return found;
}

/** The last error of a queue, as the queue viewer shows it. */
function readLastError(text: string): Finding[] {
  if (!LAST_ERROR.test(text)) return [];
  const line = text.split(/\r?\n/).find((candidate) => LAST_ERROR.test(candidate)) ?? '';
  const start = Math.max(0, line.search(/\[?\{LED=|(?<!\d)[45]\d\d[ -]/));
  const status = readExchangeStatus(line.slice(start));
  if (status === null) return [];
  return [
    finding({
      ...base(text, status),
      fate: /QUEUE\.Expired/.test(line) ? 'gave-up' : 'deferred',
      ...hostsOf(status, undefined, undefined),
      software: 'exchange-2007plus',
      recipient: addressIn(line) ?? addressIn(text),
      stage: stageOf(line, status),
    }),
  ];
}

function base(text: string, embedded: EmbeddedReply) {
  return {
    source: 'exchange-report' as const,
    fate: fateOf(text, embedded),
    reply: embedded.reply,
    codeAssumed: embedded.codeAssumed,
  };
}

function fateOf(text: string, embedded: EmbeddedReply): Fate {
  if (DELAYED.test(text)) return 'deferred';
  const expired = /^[45]\.4\.7$/.test(embedded.reply.enhanced ?? '');
  return embedded.reply.code < 500 || expired ? 'gave-up' : 'rejected';
}

function hostsOf(status: ExchangeStatus, name: string | undefined, address: string | undefined) {
  return {
    remoteHost: status.remoteHost ?? cleanHost(name ?? ''),
    remoteAddress: status.remoteAddress ?? cleanIp(address ?? ''),
  };
}

/** 2013 and later put the host on a line of its own before what it returned. */
function lastLine(stretch: string): string | undefined {
  const line = stretch.trimEnd().split('\n').at(-1)?.trim() ?? '';
  return /^[a-z0-9.-]{4,253}$/i.test(line) ? line : undefined;
}

/** A word before `#450` is the host only when it looks like one, not like the recipient's domain. */
function lastHost(word: string | undefined, recipient: string | null): string | undefined {
  if (word === undefined || !/\.[a-z]/i.test(word)) return undefined;
  return recipient?.toLowerCase().endsWith(`@${word.toLowerCase()}`) ? undefined : word;
}

/** The address in the reply itself is surest; else the last one named before the status. */
function recipientOf(stretch: string, said: string): string | null {
  const named = /<([^<>\s]{3,320})>/.exec(said)?.[1];
  const inReply = named === undefined ? null : cleanAddress(named);
  if (inReply !== null) return inReply;
  const lines = stretch.split(/\r?\n/).filter((line) => line.includes('@'));
  const last = lines.at(-1);
  return last === undefined ? addressIn(said) : addressIn(last.trim());
}

/** Reports do not name the command; a reply that names the recipient answers RCPT. */
function stageOf(said: string, embedded: EmbeddedReply): Finding['stage'] {
  return /^[^<]{0,40}<[^<>\s]{3,320}@[^<>\s]{1,255}>: (?:Recipient|Sender|Client|Helo)/i.test(
    said,
  ) && embedded.reply.code >= 400
    ? 'rcpt'
    : null;
}

/** The `>` that belongs to the `<` at `start`; else the end of the paragraph. */
function closing(text: string, start: number): number {
  let depth = 0;
  const limit = Math.min(text.length, start + 8192);
  for (let at = start; at < limit; at += 1) {
    if (text[at] === '<') depth += 1;
    if (text[at] === '>' && --depth === 0) return at;
  }
  const paragraph = text.slice(start, limit).search(/\r?\n\s*\r?\n/);
  const end = paragraph < 0 ? limit : start + paragraph;
  // Someone may have cut or lost a bracket: the last one still closes the status.
  const bracket = text.lastIndexOf('>', end - 1);
  return bracket > start && depth > 1 ? end : Math.max(end, start + 1);
}

function unfold(text: string): string {
  return text.replace(/\s*\r?\n\s*/g, ' ');
}
