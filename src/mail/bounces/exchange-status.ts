import type { Reply } from '../../model/smtp.js';
import { cleanHost, cleanIp } from '../addresses.js';
import { readReply } from '../embedded-reply.js';

/** A status of Exchange, with the reply of the remote host taken out of its wrapping. */
export interface ExchangeStatus {
  readonly reply: Reply;
  readonly codeAssumed: boolean;
  readonly remoteHost: string | null;
  readonly remoteAddress: string | null;
  /** True where the time in the queue ran out: 4.4.7, or `5.4.300 Message expired`. */
  readonly expired: boolean;
}

const ENDPOINT =
  /\{IP=([^}]{1,64})\}|last endpoint attempted was \[?([\da-f.:]{3,64}?)\]?:\d{1,5}(?!\d)/i;
/** Wrappings inside each other that are opened. */
const MAX_DEPTH = 4;

/**
 * Exchange 2007 and later wrap what the remote host said:
 * `[{LED=450 4.7.1 ...};{FQDN=mx.example.org};{IP=192.0.2.1}]`,
 * `451 4.4.0 Primary target IP address responded with: "450 4.7.1 ..."`,
 * `Remote Server returned '450 4.7.1 ...'`, `#450 4.7.1 ...##`, `#< #4.4.7 smtp;400 4.4.7 ...> #SMTP#`,
 * `550 5.4.300 Message expired -> 450 4.7.1 ...`.
 * Null when no reply of class 4 or 5 is inside.
 */
export function readExchangeStatus(text: string): ExchangeStatus | null {
  const status = open(text.trim(), 0);
  if (status === null) return null;
  return {
    ...status,
    remoteHost: cleanHost(/\{FQDN=([^}]{1,255})\}/.exec(text)?.[1] ?? ''),
    remoteAddress: cleanIp(ENDPOINT.exec(text)?.slice(1).find(Boolean) ?? ''),
    expired: isExpiry(status.reply) || /\d\.4\.\d{1,3} Message expired\b/i.test(text),
  };
}

/**
 * X.4.7 (RFC 3463 §3.5), and what Exchange Online says instead. Written by the sender's own server
 * when the time in its queue ran out.
 */
export function isExpiry({ enhanced, text }: Reply): boolean {
  if (/^[45]\.4\.7$/.test(enhanced ?? '')) return true;
  return /^[45]\.4\.\d{1,3}$/.test(enhanced ?? '') && /^Message expired\b/i.test(text.join(' '));
}

function open(text: string, depth: number): Pick<ExchangeStatus, 'reply' | 'codeAssumed'> | null {
  const bare = withoutMarks(text);
  if (depth < MAX_DEPTH) {
    for (const wrapping of WRAPPINGS) {
      const inside = wrapping.exec(bare)?.[1];
      const opened = inside === undefined ? null : open(inside, depth + 1);
      if (opened !== null) return opened;
    }
  }
  return readReply(bare);
}

/** Without the quotes and `#` around it. By index: at `\s*$` a long run of spaces costs its square. */
function withoutMarks(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && MARK.test(text[start] ?? '')) start += 1;
  while (end > start && MARK.test(text[end - 1] ?? '')) end -= 1;
  return text.slice(start, end);
}

const MARK = /['"#\s]/;

const WRAPPINGS = [
  /\{LED=(.{3,4000}?)\}(?:;\{|\]|$)/s,
  /responded with:\s*["'](.{3,4000}?)(?:["']\s*Attempted|["']?$)/s,
  /Last error(?: encountered)?(?: is| was)?:?\s*["']?([45]\d\d[ -].{1,4000})/s,
  // 550 5.4.300 Message expired -> 451 4.4.400 Error communicating ... -> 450 4.7.1 Greylisted
  /^[45]\d\d[ -][45]\.4\.\d{1,3}\s[^>]{0,400}?->\s*([45]\d\d[ -].{1,4000})/s,
  /['"‘’]([45]\d\d[ -].{1,4000}?)['"‘’]\s+(?:zurückgegeben|geantwortet|geretourneerd)/s,
  /\breturned\s+['"‘’](.{3,4000}?)['"‘’]?$/s,
  /^[^'"‘’<>#]{0,300}['"‘’]([45]\d\d[ -][45]\.\d.{1,4000}?)['"‘’]/s,
  /^<[^<>#]{0,255}#\d\.\d{1,3}\.\d{1,3}\s+smtp;\s*(.{3,4000})>/s,
  /^<[^<>#]{0,255}#([45]\d\d[ -].{3,4000})>$/s,
  /^<\s{0,10}(#\d\.\d{1,3}\.\d{1,3})>/,
  /^smtp;\s*(.{3,4000})$/s,
];
