import { ServerFailure } from './server-failure.js';

/*
 * The frame of a DNS message (RFC 1035 §4.1), walked before anything in it is decoded: every
 * record must lie within the message, so that the decoder never reads past what it is given.
 */

/** The message is not one that the DNS allows; `why` says so in a few words. */
export function unreadable(why: string, cause?: unknown): ServerFailure {
  const says = `sent an answer that cannot be read (${why})`;
  return new ServerFailure('unreadable', says, { cause });
}

export interface Header {
  readonly id: number;
  readonly isResponse: boolean;
  readonly opcode: number;
  readonly authoritative: boolean;
  readonly truncated: boolean;
  readonly recursionAvailable: boolean;
  readonly authenticated: boolean;
  /** Low four bits of the response code; EDNS may add eight more. */
  readonly responseCode: number;
  readonly questions: number;
  readonly answers: number;
  readonly authorities: number;
  readonly additionals: number;
}

/** Where one resource record stands in its message. Offsets and lengths in bytes. */
export interface RecordFrame {
  readonly offset: number;
  readonly type: number;
  readonly class: number;
  /** The TTL field as it stands: EDNS uses it for other things. */
  readonly ttlField: number;
  readonly dataOffset: number;
  readonly dataLength: number;
}

export interface Records {
  readonly answers: readonly RecordFrame[];
  readonly authorities: readonly RecordFrame[];
  readonly additionals: readonly RecordFrame[];
}

export const HEADER_LENGTH = 12;
/** More records than any honest answer about mail hosts has. */
const MAX_RECORDS = 1000;

/** The header, or null when the bytes are too few for one. */
export function readHeader(bytes: Buffer): Header | null {
  if (bytes.length < HEADER_LENGTH) return null;
  const flags = bytes.readUInt16BE(2);
  return {
    id: bytes.readUInt16BE(0),
    isResponse: (flags & 0x8000) !== 0,
    opcode: (flags >> 11) & 0xf,
    authoritative: (flags & 0x0400) !== 0,
    truncated: (flags & 0x0200) !== 0,
    recursionAvailable: (flags & 0x0080) !== 0,
    authenticated: (flags & 0x0020) !== 0,
    responseCode: flags & 0xf,
    questions: bytes.readUInt16BE(4),
    answers: bytes.readUInt16BE(6),
    authorities: bytes.readUInt16BE(8),
    additionals: bytes.readUInt16BE(10),
  };
}

/** Finds all records, from `offset`, the end of the question. Throws `ServerFailure`. */
export function walkRecords(bytes: Buffer, header: Header, offset: number): Records {
  if (header.answers + header.authorities + header.additionals > MAX_RECORDS) {
    throw unreadable('too many records');
  }
  const answers = walkSection(bytes, header.answers, offset);
  const authorities = walkSection(bytes, header.authorities, answers.end);
  const additionals = walkSection(bytes, header.additionals, authorities.end);
  return {
    answers: answers.records,
    authorities: authorities.records,
    additionals: additionals.records,
  };
}

function walkSection(
  bytes: Buffer,
  count: number,
  start: number,
): { records: readonly RecordFrame[]; end: number } {
  const records: RecordFrame[] = [];
  let offset = start;
  for (let n = 0; n < count; n += 1) {
    const record = frameRecord(bytes, offset);
    records.push(record);
    offset = record.dataOffset + record.dataLength;
  }
  return { records, end: offset };
}

function frameRecord(bytes: Buffer, offset: number): RecordFrame {
  const fixed = skipName(bytes, offset);
  const dataOffset = fixed + 10;
  if (dataOffset > bytes.length) throw unreadable('a record is cut off');
  const dataLength = bytes.readUInt16BE(fixed + 8);
  if (dataOffset + dataLength > bytes.length) throw unreadable('a record is cut off');
  return {
    offset,
    type: bytes.readUInt16BE(fixed),
    class: bytes.readUInt16BE(fixed + 2),
    ttlField: bytes.readUInt32BE(fixed + 4),
    dataOffset,
    dataLength,
  };
}

/** Steps over a name without following its pointer, so it cannot be led in a circle. */
function skipName(bytes: Buffer, start: number): number {
  let offset = start;
  for (;;) {
    const length = bytes[offset];
    if (length === undefined) throw unreadable('a name is cut off');
    if (length === 0) return offset + 1;
    if ((length & 0xc0) === 0xc0) return offset + 2;
    if ((length & 0xc0) !== 0) throw unreadable('a name has a label of unknown kind');
    offset += length + 1;
  }
}
