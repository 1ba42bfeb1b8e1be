import type { Answer } from 'dns-packet';
import type { MxData } from '../../model/ports/resolver.js';
import { dnsPacket } from './codec.js';
import {
  HEADER_LENGTH,
  type Header,
  type RecordFrame,
  readHeader,
  unreadable,
  walkRecords,
} from './message-frame.js';
import type { DnsQuery } from './query.js';

/** A record of the answer section, of a type that greyprobe asks for. Names in lower case. */
export type DnsRecord =
  | {
      readonly type: 'MX';
      readonly owner: string;
      readonly ttlSeconds: number;
      readonly mx: MxData;
    }
  | {
      readonly type: 'A' | 'AAAA' | 'CNAME' | 'PTR' | 'TXT';
      readonly owner: string;
      readonly ttlSeconds: number;
      readonly text: string;
    };

/** An answer to the question that was asked. */
export interface DnsResponse {
  /** `NOERROR`, `NXDOMAIN`, `SERVFAIL`, ... or `RCODE23` for one without a name. */
  readonly responseCode: string;
  /** Part of the answer is missing; `records` is empty then. */
  readonly truncated: boolean;
  readonly authenticated: boolean;
  /** The server pointed to other servers instead of answering (RFC 1034 §4.3.1). */
  readonly referral: boolean;
  readonly records: readonly DnsRecord[];
  /** What the server says about a failure (RFC 8914), or null. Printable ASCII. */
  readonly explanation: string | null;
}

const CLASS_IN = 1;
const TYPE = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  PTR: 12,
  MX: 15,
  TXT: 16,
  AAAA: 28,
  OPT: 41,
} as const;
const WANTED: ReadonlySet<number> = new Set([
  TYPE.A,
  TYPE.CNAME,
  TYPE.PTR,
  TYPE.MX,
  TYPE.TXT,
  TYPE.AAAA,
]);
const RESPONSE_CODES = [
  'NOERROR',
  'FORMERR',
  'SERVFAIL',
  'NXDOMAIN',
  'NOTIMP',
  'REFUSED',
  'YXDOMAIN',
  'YXRRSET',
  'NXRRSET',
  'NOTAUTH',
  'NOTZONE',
];
const NO_ERROR = 0;
const NAME_ERROR = 3;
const EXTENDED_ERROR_OPTION = 15;
const MAX_EXPLANATION_BYTES = 200;

/**
 * Reads an answer to `query`. Null when the bytes are no answer to it: another id, another
 * question, a query. Throws `ServerFailure` when they are one, but broken.
 */
export function readResponse(bytes: Buffer, query: DnsQuery): DnsResponse | null {
  const header = readHeader(bytes);
  if (header === null || !header.isResponse || header.opcode !== 0 || header.id !== query.id) {
    return null;
  }
  const end = endOfQuestion(bytes, header, query);
  if (end === null) return null;
  if (header.truncated) return { ...NO_RECORDS, responseCode: codeName(header.responseCode, null) };
  const frames = walkRecords(bytes, header, end);
  const edns = frames.additionals.find((frame) => frame.type === TYPE.OPT) ?? null;
  const responseCode = codeName(header.responseCode, edns);
  const has = (type: number) => frames.authorities.some((frame) => frame.type === type);
  return {
    responseCode,
    truncated: false,
    authenticated: header.authenticated,
    referral:
      frames.answers.length === 0 &&
      !header.authoritative &&
      !header.recursionAvailable &&
      has(TYPE.NS) &&
      !has(TYPE.SOA),
    records: frames.answers
      .filter((frame) => frame.class === CLASS_IN && WANTED.has(frame.type))
      .map((frame) => decodeRecord(bytes, frame)),
    explanation: edns === null ? null : readExplanation(bytes, edns),
  };
}

const NO_RECORDS = {
  truncated: true,
  authenticated: false,
  referral: false,
  records: [],
  explanation: null,
} as const;

function endOfQuestion(bytes: Buffer, header: Header, query: DnsQuery): number | null {
  // A server that could not read the query, or will not answer it, need not repeat it.
  if (header.questions === 0) {
    const says = header.responseCode !== NO_ERROR && header.responseCode !== NAME_ERROR;
    return says && header.answers === 0 ? HEADER_LENGTH : null;
  }
  const end = HEADER_LENGTH + query.question.length;
  const repeated = bytes.subarray(HEADER_LENGTH, end);
  return header.questions === 1 && sameIgnoringCase(repeated, query.question) ? end : null;
}

/** Compares as DNS names compare: ASCII letters only (RFC 4343). Length bytes are below 'A'. */
function sameIgnoringCase(one: Buffer, other: Buffer): boolean {
  return one.toString('latin1').toLowerCase() === other.toString('latin1').toLowerCase();
}

function codeName(low: number, edns: RecordFrame | null): string {
  // RFC 6891 §6.1.3: the upper eight bits stand in the first byte of the TTL field.
  const code = edns === null ? low : ((edns.ttlField >>> 24) << 4) | low;
  return RESPONSE_CODES[code] ?? (code === 16 ? 'BADVERS' : `RCODE${code}`);
}

function decodeRecord(bytes: Buffer, frame: RecordFrame): DnsRecord {
  const record = decodeFramed(bytes, frame);
  const owner = printable(record.name).toLowerCase();
  // RFC 2181 §8: a TTL with the top bit set counts as zero.
  const ttlSeconds = frame.ttlField > 0x7fffffff ? 0 : frame.ttlField;
  switch (record.type) {
    case 'MX':
      return {
        type: 'MX',
        owner,
        ttlSeconds,
        mx: {
          preference: record.data.preference ?? 0,
          exchange: hostName(record.data.exchange),
        },
      };
    case 'A':
    case 'AAAA':
      return { type: record.type, owner, ttlSeconds, text: record.data };
    case 'CNAME':
    case 'PTR':
      return { type: record.type, owner, ttlSeconds, text: hostName(record.data) };
    case 'TXT':
      return { type: 'TXT', owner, ttlSeconds, text: joinStrings(record.data) };
    default:
      throw unreadable(`a record of type ${record.type}`);
  }
}

function decodeFramed(bytes: Buffer, frame: RecordFrame): Answer {
  let record: Answer;
  try {
    record = dnsPacket.answer.decode(bytes, frame.offset);
  } catch (cause) {
    throw unreadable('a record cannot be decoded', cause);
  }
  // The decoder trusts the type, not the length: data that is longer or shorter is a lie.
  if (frame.offset + dnsPacket.answer.decode.bytes !== frame.dataOffset + frame.dataLength) {
    throw unreadable('the length of a record is wrong');
  }
  return record;
}

function hostName(name: string): string {
  return name === '.' ? '' : printable(name).toLowerCase();
}

/** Shows what no host name has as `\DDD` (RFC 1035 §5.1), so that names are safe to print. */
function printable(name: string): string {
  return name.replace(/[^\x21-\x7e]/gu, (character) =>
    [...Buffer.from(character)].map((byte) => `\\${String(byte).padStart(3, '0')}`).join(''),
  );
}

function joinStrings(data: unknown): string {
  const parts = Array.isArray(data) ? data : [data];
  return parts
    .map((part) => (Buffer.isBuffer(part) ? part.toString('utf8') : String(part)))
    .join('');
}

/** The text of an extended error (RFC 8914 §2) among the options; broken options say nothing. */
function readExplanation(bytes: Buffer, edns: RecordFrame): string | null {
  const options = bytes.subarray(edns.dataOffset, edns.dataOffset + edns.dataLength);
  for (let offset = 0; offset + 4 <= options.length; ) {
    const code = options.readUInt16BE(offset);
    const data = options.subarray(offset + 4, offset + 4 + options.readUInt16BE(offset + 2));
    if (code === EXTENDED_ERROR_OPTION && data.length >= 2) return describeExtendedError(data);
    offset += 4 + data.length;
  }
  return null;
}

/** Codes that say something about the domain rather than about the server's own affairs. */
const EXTENDED_ERRORS: Readonly<Record<number, string>> = {
  5: 'DNSSEC indeterminate',
  6: 'DNSSEC bogus',
  7: 'DNSSEC signature expired',
  8: 'DNSSEC signature not yet valid',
  9: 'DNSKEY missing',
  10: 'DNSSEC signatures missing',
  15: 'blocked',
  16: 'censored',
  17: 'filtered',
  18: 'prohibited',
  20: 'not authoritative',
  22: 'no name server of the domain could be reached',
  23: 'network error',
};

function describeExtendedError(data: Buffer): string | null {
  const code = data.readUInt16BE(0);
  const text = data
    .subarray(2, 2 + MAX_EXPLANATION_BYTES)
    .toString('utf8')
    .replace(/[^\x20-\x7e]/gu, '?')
    .trim();
  return [EXTENDED_ERRORS[code], text].filter(Boolean).join(': ') || null;
}
