/** Longer lines are read up to here; the rest is skipped. No mail log has such lines. */
export const MAX_LINE_LENGTH = 65_536;

const LINE_END = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** Called with a text, one character a byte, the bounds of the line in it, and its number from 1. */
export type LineHandler = (chunk: string, start: number, end: number, number: number) => void;

/**
 * Cuts lines out of a stream of chunks, in constant memory. A chunk becomes one text, and lines are
 * shown in place: most lines of a log are of no interest, and are never made into strings.
 */
export class LineScanner {
  readonly #onLine: LineHandler;
  #carry = '';
  #skipping = false;
  #lines = 0;
  #longLines = 0;

  constructor(onLine: LineHandler) {
    this.#onLine = onLine;
  }

  get lines(): number {
    return this.#lines;
  }

  /** Lines that were longer than {@link MAX_LINE_LENGTH}. */
  get longLines(): number {
    return this.#longLines;
  }

  feed(chunk: Buffer): void {
    const first = chunk.indexOf(LINE_END);
    if (first < 0) {
      this.#keep(chunk, 0);
      return;
    }
    if (this.#skipping) this.#skipping = false;
    else if (this.#carry === '') this.#scan(chunk.toString('latin1', 0, first + 1));
    else this.#scan(`${this.#carry}${chunk.toString('latin1', 0, first + 1)}`);
    this.#carry = '';
    const last = chunk.lastIndexOf(LINE_END);
    if (last > first) this.#scan(chunk.toString('latin1', first + 1, last + 1));
    this.#keep(chunk, last + 1);
  }

  /** The last line may have no line end. */
  end(): void {
    if (!this.#skipping && this.#carry !== '') this.#scan(`${this.#carry}\n`);
    this.#carry = '';
    this.#skipping = false;
  }

  /** Keeps the beginning of a line for the next chunk; gives up the rest of one that is too long. */
  #keep(chunk: Buffer, from: number): void {
    if (this.#skipping || from === chunk.length) return;
    const room = MAX_LINE_LENGTH - this.#carry.length;
    this.#carry += chunk.toString('latin1', from, Math.min(chunk.length, from + room));
    if (chunk.length - from <= room) return;
    this.#longLines += 1;
    this.#skipping = true;
    this.#scan(`${this.#carry}\n`);
    this.#carry = '';
  }

  /** Shows whole lines. */
  #scan(text: string): void {
    let start = 0;
    while (start < text.length) {
      const lineEnd = text.indexOf('\n', start);
      const end = text.charCodeAt(lineEnd - 1) === CARRIAGE_RETURN ? lineEnd - 1 : lineEnd;
      this.#lines += 1;
      this.#onLine(text, start, end, this.#lines);
      start = lineEnd + 1;
    }
  }
}
