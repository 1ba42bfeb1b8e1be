/** Longer lines are read up to here; the rest is skipped. No mail log has such lines. */
export const MAX_LINE_LENGTH = 65_536;

/** Called with the line as one character per byte, and its number from 1. */
export type LineHandler = (line: string, number: number) => void;

/**
 * Finds the lines that hold one of the needles, in a stream of chunks and in constant memory.
 *
 * The search looks for needles in whole chunks and cuts lines out only around hits: most lines of a
 * log are of no interest, and are never made into strings.
 */
export class LineScanner {
  readonly #onLine: LineHandler;
  #needles: readonly string[];
  #carry = '';
  #skipping = false;
  #lines = 0;
  #longLines = 0;

  /** An empty list of needles lets every line through. */
  constructor(needles: readonly string[], onLine: LineHandler) {
    this.#needles = needles;
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
    const text = this.#carry + chunk.toString('latin1');
    this.#carry = '';
    let start = 0;
    if (this.#skipping) {
      const end = text.indexOf('\n');
      if (end < 0) return;
      start = end + 1;
      this.#skipping = false;
    }
    const last = text.lastIndexOf('\n');
    if (last >= start) this.#scan(text, start, last + 1);
    this.#keep(text, Math.max(start, last + 1));
  }

  /** The last line may have no line end. */
  end(): void {
    if (this.#carry === '') return;
    const text = `${this.#carry}\n`;
    this.#carry = '';
    this.#scan(text, 0, text.length);
  }

  #keep(text: string, from: number): void {
    if (text.length - from <= MAX_LINE_LENGTH) {
      this.#carry = text.slice(from);
      return;
    }
    this.#longLines += 1;
    this.#skipping = true;
    const head = `${text.slice(from, from + MAX_LINE_LENGTH)}\n`;
    this.#scan(head, 0, head.length);
  }

  /** Scans whole lines from `start` to `end`. */
  #scan(text: string, start: number, end: number): void {
    if (this.#needles.length === 0) {
      this.#everyLine(text, start, end);
      return;
    }
    const hits = this.#needles.map((needle) => text.indexOf(needle, start));
    let counted = start;
    for (;;) {
      const hit = nearest(hits, end);
      if (hit < 0) break;
      const lineStart = text.lastIndexOf('\n', hit) + 1;
      const lineEnd = text.indexOf('\n', hit);
      this.#lines += countLineEnds(text, counted, lineEnd + 1);
      counted = lineEnd + 1;
      this.#emit(text.slice(Math.max(lineStart, start), lineEnd));
      for (const [index, needle] of this.#needles.entries()) {
        const at = hits[index] ?? -1;
        if (at >= 0 && at < counted) hits[index] = text.indexOf(needle, counted);
      }
    }
    this.#lines += countLineEnds(text, counted, end);
  }

  #everyLine(text: string, start: number, end: number): void {
    let at = start;
    while (at < end) {
      const lineEnd = text.indexOf('\n', at);
      this.#lines += 1;
      this.#emit(text.slice(at, lineEnd));
      at = lineEnd + 1;
    }
  }

  #emit(line: string): void {
    this.#onLine(line.endsWith('\r') ? line.slice(0, -1) : line, this.#lines);
  }
}

function nearest(hits: readonly number[], end: number): number {
  let best = -1;
  for (const hit of hits) {
    if (hit >= 0 && hit < end && (best < 0 || hit < best)) best = hit;
  }
  return best;
}

function countLineEnds(text: string, from: number, to: number): number {
  let count = 0;
  let at = text.indexOf('\n', from);
  while (at >= 0 && at < to) {
    count += 1;
    at = text.indexOf('\n', at + 1);
  }
  return count;
}
