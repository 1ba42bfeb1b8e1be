import { decodeLine, isLastLine } from '../../model/reply.js';
import { MAX_LINE_BYTES, MAX_REPLY_BYTES, MAX_REPLY_LINES } from './limits.js';

/** Which bound a server broke. */
export type Overflow = 'line' | 'lines' | 'bytes';

/**
 * Cuts what a server sends into lines and lines into replies, within bounds.
 *
 * Input is one character per byte. A line ends with CRLF or a bare LF. Blank lines are skipped, as
 * smtp-client skips them: both must agree on where a reply ends.
 */
export class ReplyReader {
  readonly #onLine: (line: string) => void;
  #partial = '';
  #lines: string[] = [];
  #bytes = 0;

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  /** Anything has come that belongs to no reply taken so far. */
  get pending(): boolean {
    return this.#bytes > 0;
  }

  get hasReply(): boolean {
    return this.#lines.some(isLastLine);
  }

  /** Takes more input in; says which bound it broke, if any. After that, feed nothing more. */
  feed(chunk: string): Overflow | null {
    this.#bytes += chunk.length;
    let start = 0;
    for (let end = chunk.indexOf('\n'); end !== -1; end = chunk.indexOf('\n', start)) {
      const line = withoutReturn(this.#partial + chunk.slice(start, end));
      this.#partial = '';
      start = end + 1;
      if (line.length > MAX_LINE_BYTES) return 'line';
      if (line !== '') this.#add(line);
      if (this.#lines.length > MAX_REPLY_LINES) return 'lines';
    }
    this.#partial += chunk.slice(start);
    if (this.#partial.length > MAX_LINE_BYTES + 1) return 'line';
    return this.#bytes > MAX_REPLY_BYTES ? 'bytes' : null;
  }

  /** Lines of the oldest whole reply, which then is no longer pending; null when there is none. */
  takeReply(): readonly string[] | null {
    const last = this.#lines.findIndex(isLastLine);
    if (last === -1) return null;
    const reply = this.#lines.splice(0, last + 1);
    this.#bytes = this.#partial.length + sum(this.#lines.map((line) => line.length + 1));
    return reply;
  }

  #add(bytes: string): void {
    const line = decodeLine(bytes);
    this.#lines.push(line);
    this.#onLine(line);
  }
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
