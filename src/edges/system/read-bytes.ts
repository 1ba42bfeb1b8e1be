import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { type GreyprobeError, usageError } from '../../model/errors.js';
import { byteOrderMark, isGzip } from './byte-marks.js';

/** Large enough to be quick, small enough to be nothing beside the rest of the process. */
const CHUNK_BYTES = 65_536;
/** Bytes that tell gzip and the byte order marks from other data. */
const LONGEST_MARK = 3;

/**
 * The bytes of a file, in chunks that are only valid until the next one is asked for.
 * Throws usage errors (`cannot-read-file`) for what is missing, forbidden or no file.
 */
export async function* readFileChunks(path: string): AsyncGenerator<Buffer> {
  const handle = await open(path, 'r').catch((error: unknown) => {
    throw cannotRead(path, error);
  });
  try {
    if ((await handle.stat()).isDirectory()) throw cannotRead(path, { code: 'EISDIR' });
    const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
    for (;;) {
      const { bytesRead } = await handle
        .read(buffer, 0, CHUNK_BYTES, null)
        .catch((error: unknown) => {
          throw cannotRead(path, error);
        });
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}

/** The bytes of a stream such as standard input. */
export async function* readStreamChunks(stream: Readable): AsyncGenerator<Buffer> {
  for await (const chunk of stream) {
    yield Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk), 'utf8');
  }
}

/**
 * Undoes what stands between bytes and text: gzip, as rotated logs have it, and UTF-16, as Windows
 * tools write it. Text comes out as bytes of UTF-8; everything else passes unchanged.
 */
export async function* decodedChunks(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const source = chunks[Symbol.asyncIterator]();
  try {
    const head = await firstBytes(source);
    if (head.length === 0) return;
    if (isGzip(head)) yield* gunzip(head, source);
    else yield* fromEncoding(byteOrderMark(head), head, source);
  } finally {
    await source.return?.();
  }
}

/** The first chunk, with what follows where a pipe hands out less than a mark is long. */
async function firstBytes(source: AsyncIterator<Buffer>): Promise<Buffer> {
  let head = Buffer.alloc(0);
  while (head.length < LONGEST_MARK) {
    const next = await source.next();
    if (next.done === true) break;
    head = Buffer.concat([head, next.value]);
  }
  return head;
}

async function* gunzip(head: Buffer, source: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  async function* copied(): AsyncGenerator<Buffer> {
    // zlib reads while the source already fills its buffer again.
    yield Buffer.from(head);
    for (let next = await source.next(); next.done !== true; next = await source.next()) {
      yield Buffer.from(next.value);
    }
  }
  const unpacked = Readable.from(copied()).pipe(createGunzip());
  try {
    for await (const chunk of unpacked) if (Buffer.isBuffer(chunk)) yield chunk;
  } catch (error) {
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('Z_')) {
      throw usageError('damaged-gzip', `The gzip data is damaged: ${error.message}.`);
    }
    throw error;
  }
}

async function* fromEncoding(
  encoding: ReturnType<typeof byteOrderMark>,
  head: Buffer,
  source: AsyncIterator<Buffer>,
): AsyncGenerator<Buffer> {
  const decoder = encoding === null || encoding === 'utf-8' ? null : new TextDecoder(encoding);
  let chunk = encoding === 'utf-8' ? head.subarray(3) : head;
  for (;;) {
    yield decoder === null ? chunk : Buffer.from(decoder.decode(chunk, { stream: true }), 'utf8');
    const next = await source.next();
    if (next.done === true) return;
    chunk = next.value;
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'you may not read it',
  EPERM: 'you may not read it',
  EISDIR: 'it is a directory',
  ELOOP: 'its links go round in a circle',
  ENAMETOOLONG: 'its name is too long',
};

function cannotRead(path: string, error: unknown): GreyprobeError {
  const code =
    typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  const reason = REASONS[code] ?? (code === '' ? 'it cannot be opened' : `the system says ${code}`);
  return usageError('cannot-read-file', `Cannot read '${path}': ${reason}.`);
}
