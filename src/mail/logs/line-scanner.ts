/** Longer lines are read up to here; the rest is skipped. No mail log has such lines. */
export const MAX_LINE_LENGTH = 65_536;

const LINE_END = 0x0a;

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
  readonly #needles: readonly string[];
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
    const first = chunk.indexOf(LINE_END);
    if (first < 0) {
      this.#keep(chunk, 0);
      return;
    }
    if (this.#skipping) {
      this.#skipping = false;
      this.#lines += 1;
    } else {
      this.#scanText(`${this.#carry}${chunk.toString('latin1', 0, first + 1)}`);
    }
    this.#carry = '';
    const last = chunk.lastIndexOf(LINE_END);
    if (last > first) this.#scanText(chunk.toString('latin1', first + 1, last + 1));
    this.#keep(chunk, last + 1);
  }

  /** The last line may have no line end. */
  end(): void {
    if (this.#skipping) this.#lines += 1;
    else if (this.#carry !== '') this.#scanText(`${this.#carry}\n`);
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
    const counted = this.#lines;
    this.#scanText(`${this.#carry}\n`);
    // Its end is still to come, and counts it.
    this.#lines = counted;
    this.#carry = '';
  }

  /** Scans whole lines. */
  #scanText(text: string): void {
    if (this.#needles.length === 0) {
      this.#everyLine(text);
      return;
    }
    const needles = this.#needles;
    const hits = needles.map((needle) => text.indexOf(needle));
    let counted = 0;
    for (let hit = nearest(hits); hit >= 0; hit = nearest(hits)) {
      const lineStart = text.lastIndexOf('\n', hit) + 1;
      const lineEnd = text.indexOf('\n', hit);
      this.#lines += countLineEnds(text, counted, lineEnd + 1);
      counted = lineEnd + 1;
      this.#emit(text.slice(lineStart, lineEnd));
      for (let index = 0; index < hits.length; index += 1) {
        const at = hits[index] ?? -1;
        if (at >= 0 && at < counted) hits[index] = text.indexOf(needles[index] ?? '', counted);
      }
    }
    this.#lines += countLineEnds(text, counted, text.length);
  }

  #everyLine(text: string): void {
    let at = 0;
    while (at < text.length) {
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

function nearest(hits: readonly number[]): number {
  let best = -1;
  for (const hit of hits) if (hit >= 0 && (best < 0 || hit < best)) best = hit;
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
