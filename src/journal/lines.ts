import { closeSync, openSync, readSync } from 'node:fs';

/** One line of a file, without its line end. */
export interface FileLine {
  /** From 1. */
  readonly number: number;
  readonly bytes: Buffer;
}

const CHUNK_BYTES = 64 * 1024;
const NEWLINE = 0x0a;

/**
 * The lines of a file in order, read piece by piece; the text after the last line end is a line too.
 * Throws a RangeError for a line of more than `longestBytes`, and what the system throws.
 */
export function* fileLines(path: string, longestBytes: number): Generator<FileLine> {
  const fd = openSync(path, 'r');
  try {
    let number = 1;
    let rest: Buffer = Buffer.alloc(0);
    for (;;) {
      const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
      const read = readSync(fd, chunk, 0, CHUNK_BYTES, null);
      if (read === 0) break;
      const bytes = chunk.subarray(0, read);
      const data = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
      let from = 0;
      for (let end = data.indexOf(NEWLINE, from); end >= 0; end = data.indexOf(NEWLINE, from)) {
        yield { number, bytes: data.subarray(from, end) };
        number += 1;
        from = end + 1;
      }
      rest = data.subarray(from);
      if (rest.length > longestBytes) throw new RangeError(`line ${number} is too long`);
    }
    if (rest.length > 0) yield { number, bytes: rest };
  } finally {
    closeSync(fd);
  }
}
