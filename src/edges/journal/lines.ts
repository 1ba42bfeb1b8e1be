import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

/** One line of a file, without its line end. */
export interface FileLine {
  /** From 1. */
  readonly number: number;
  /** Good until the next line is asked for: the memory is used again. */
  readonly bytes: Buffer;
}

const CHUNK_BYTES = 64 * 1024;
const NEWLINE = 0x0a;

/**
 * The lines of a file in order, read piece by piece; the text after the last line end is a line too.
 * Throws a RangeError for a line of more than `longestBytes` and for what is neither file nor folder,
 * and what the system throws.
 */
export function* fileLines(path: string, longestBytes: number): Generator<FileLine> {
  // A named pipe would be waited for.
  const fd = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const stats = fstatSync(fd);
    if (!stats.isFile() && !stats.isDirectory()) throw new RangeError('it is no file');
    let buffer = Buffer.allocUnsafe(2 * CHUNK_BYTES);
    let filled = 0;
    let number = 1;
    for (;;) {
      if (filled > longestBytes) throw new RangeError(`line ${number} is too long`);
      if (filled + CHUNK_BYTES > buffer.length) {
        const larger = Buffer.allocUnsafe(2 * buffer.length);
        buffer.copy(larger, 0, 0, filled);
        buffer = larger;
      }
      const read = readSync(fd, buffer, filled, CHUNK_BYTES, null);
      if (read === 0) break;
      const data = buffer.subarray(0, filled + read);
      let from = 0;
      // What was there before has no line end.
      for (let end = data.indexOf(NEWLINE, filled); end >= 0; end = data.indexOf(NEWLINE, from)) {
        yield { number, bytes: data.subarray(from, end) };
        number += 1;
        from = end + 1;
      }
      data.copyWithin(0, from);
      filled = data.length - from;
    }
    if (filled > 0) yield { number, bytes: buffer.subarray(0, filled) };
  } finally {
    closeSync(fd);
  }
}

/** The lines of what was read already, such as a pipe, which can be read only once. */
export function* linesOf(bytes: Buffer): Generator<FileLine> {
  let from = 0;
  for (let number = 1; from < bytes.length; number += 1) {
    const end = bytes.indexOf(NEWLINE, from);
    yield { number, bytes: bytes.subarray(from, end < 0 ? bytes.length : end) };
    if (end < 0) return;
    from = end + 1;
  }
}
