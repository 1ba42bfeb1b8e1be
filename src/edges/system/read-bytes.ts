import { closeSync, openSync, readSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { Duplex, Readable } from 'node:stream';
import zlib, { createGunzip } from 'node:zlib';
import { errorCode, usageError } from '../../model/errors.js';
import { byteOrderMark, hasBareReturns, isGzip, isZstandard, unmarkedUtf16 } from './byte-marks.js';
import { cannotRead } from './system-error.js';

/** Large enough to be quick, small enough to be nothing beside the rest of the process. */
const CHUNK_BYTES = 65_536;
/** Bytes that tell packed data, byte order marks and UTF-16 without a mark from other data. */
const HEAD_LENGTH = 64;

/**
 * The bytes of a file, in chunks that are only valid until the next one is asked for.
 * Throws `cannot-read-file`; `next` says what to do then, where the caller knows best.
 */
export async function* readFileChunks(
  path: string,
  ...next: readonly string[]
): AsyncGenerator<Buffer> {
  const failed = (error: unknown): never => {
    throw cannotRead(path, error, ...next);
  };
  const handle = await open(path, 'r').catch(failed);
  try {
    const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
    // A disk answers at once: the way over other threads takes longer than the reading. Pipes may wait.
    const isOnDisk = (await handle.stat().catch(failed)).isFile();
    for (;;) {
      const bytesRead = isOnDisk
        ? readNow(handle.fd, buffer, failed)
        : (await handle.read(buffer, 0, CHUNK_BYTES, null).catch(failed)).bytesRead;
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}

function readNow(fd: number, buffer: Buffer, failed: (error: unknown) => never): number {
  try {
    return readSync(fd, buffer, 0, buffer.length, null);
  } catch (error) {
    return failed(error);
  }
}

/** What a command is given to read whole: the file at `path`, or standard input for `-`. */
export interface Input {
  readonly path: string;
  readonly stdin: AsyncIterable<unknown>;
  readonly mostBytes: number;
  /** What to do where it cannot be read. */
  readonly next: readonly string[];
}

/** Reads the text of an input, gzip and UTF-16 undone. Throws `cannot-read-file`, `damaged-gzip`. */
export async function readInput({ path, stdin, mostBytes, next }: Input): Promise<Buffer> {
  const isStdin = path === '-';
  const chunks = isStdin ? readStreamChunks(stdin) : readFileChunks(path, ...next);
  const copies: Buffer[] = [];
  let length = 0;
  for await (const chunk of decodedChunks(chunks)) {
    length += chunk.length;
    if (length > mostBytes) {
      throw cannotRead(isStdin ? 'Standard input' : path, tooLarge(mostBytes), ...next);
    }
    // A chunk is only good until the next one.
    copies.push(Buffer.from(chunk));
  }
  return Buffer.concat(copies);
}

/**
 * Reads a small file at once, byte for byte. Throws what the system throws, and a RangeError for more
 * than `mostBytes`: pipes and devices tell no size, so that the bound holds for what is read.
 */
export function readSmallFile(path: string, mostBytes: number): Buffer {
  const fd = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(mostBytes + 1);
    for (let length = 0; ; ) {
      const taken = readSync(fd, bytes, length, bytes.length - length, null);
      length += taken;
      if (length > mostBytes) throw tooLarge(mostBytes);
      if (taken === 0) return bytes.subarray(0, length);
    }
  } finally {
    closeSync(fd);
  }
}

function tooLarge(mostBytes: number): RangeError {
  return new RangeError(`it is larger than ${mostBytes / (1024 * 1024)} MiB`);
}

/** The bytes of a stream such as standard input. */
export async function* readStreamChunks(stream: AsyncIterable<unknown>): AsyncGenerator<Buffer> {
  for await (const chunk of stream) {
    yield Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk), 'utf8');
  }
}

/** Something that the reader of an input should know; `code` for scripts. */
export interface ReadNote {
  readonly code: string;
  readonly message: string;
}

/**
 * Undoes what stands between bytes and text: gzip, as rotated logs have it, Zstandard where this Node.js
 * has it, UTF-16, as Windows tools write it, and line ends of a carriage return alone. Text comes out as
 * bytes of UTF-8; everything else passes unchanged.
 *
 * Throws `damaged-gzip`. With `onNote`, packed data that ends too soon gives what can be read, and a note.
 */
export async function* decodedChunks(
  chunks: AsyncIterable<Buffer>,
  onNote: ((note: ReadNote) => void) | null = null,
): AsyncGenerator<Buffer> {
  const source = chunks[Symbol.asyncIterator]();
  try {
    const head = await firstBytes(source);
    if (head.length === 0) return;
    const unpack = isGzip(head) ? createGunzip() : isZstandard(head) ? zstandard() : null;
    if (unpack === null) yield* fromEncoding(encodingOf(head), head, source);
    else yield* decodedChunks(unpacked(unpack, head, source, onNote), onNote);
  } finally {
    await source.return?.();
  }
}

/** The transform that unpacks Zstandard; null where this Node.js has none. */
function zstandard(): Duplex | null {
  const create: unknown = Reflect.get(zlib, 'createZstdDecompress');
  const made: unknown = typeof create === 'function' ? create() : null;
  return made instanceof Duplex ? made : null;
}

function encodingOf(head: Buffer): Encoding {
  const encoding = byteOrderMark(head) ?? unmarkedUtf16(head);
  return encoding ?? (hasBareReturns(head) ? 'bare-returns' : null);
}

type Encoding = ReturnType<typeof byteOrderMark> | 'bare-returns';

/** The first chunk, with what follows where a pipe hands out less than a mark is long. */
async function firstBytes(source: AsyncIterator<Buffer>): Promise<Buffer> {
  let head = Buffer.alloc(0);
  while (head.length < HEAD_LENGTH) {
    const next = await source.next();
    if (next.done === true) break;
    head = Buffer.concat([head, next.value]);
  }
  return head;
}

async function* unpacked(
  unpack: Duplex,
  head: Buffer,
  source: AsyncIterator<Buffer>,
  onNote: ((note: ReadNote) => void) | null,
): AsyncGenerator<Buffer> {
  async function* copied(): AsyncGenerator<Buffer> {
    // zlib reads while the source already fills its buffer again.
    yield Buffer.from(head);
    for (let next = await source.next(); next.done !== true; next = await source.next()) {
      yield Buffer.from(next.value);
    }
  }
  let length = 0;
  try {
    for await (const chunk of Readable.from(copied()).pipe(unpack)) {
      if (!Buffer.isBuffer(chunk)) continue;
      length += chunk.length;
      yield chunk;
    }
  } catch (error) {
    if (!(error instanceof Error) || !errorCode(error).startsWith('Z')) throw error;
    // Cut off, as by a full disk: what came before is sound. Other faults may have changed it.
    const isCut = /^Z(?:_BUF_ERROR|STD_error_srcSize_wrong)$/.test(errorCode(error));
    if (onNote === null || !isCut || length === 0) {
      throw usageError('damaged-gzip', `The gzip data is damaged: ${error.message}.`);
    }
    const message = `The packed data ends too soon: what could be unpacked was read (${error.message}).`;
    onNote({ code: 'packed-cut', message });
  }
}

async function* fromEncoding(
  encoding: Encoding,
  head: Buffer,
  source: AsyncIterator<Buffer>,
): AsyncGenerator<Buffer> {
  const decode = decoderOf(encoding);
  let chunk = encoding === 'utf-8' ? head.subarray(3) : head;
  for (;;) {
    yield decode(chunk);
    const next = await source.next();
    if (next.done === true) return;
    chunk = next.value;
  }
}

const CARRIAGE_RETURN = 0x0d;
const LINE_FEED = 0x0a;

function decoderOf(encoding: Encoding): (chunk: Buffer) => Buffer {
  if (encoding === null || encoding === 'utf-8') return (chunk) => chunk;
  if (encoding === 'bare-returns') {
    return (chunk) =>
      Buffer.from(chunk.map((byte) => (byte === CARRIAGE_RETURN ? LINE_FEED : byte)));
  }
  const decoder = new TextDecoder(encoding);
  return (chunk) => Buffer.from(decoder.decode(chunk, { stream: true }), 'utf8');
}
