/** Characters of one object; no event of a mail server is larger. */
const MAX_OBJECT = 1024 * 1024;

const OPEN = 0x7b;
const CLOSE = 0x7d;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * Cuts the objects out of a stream of JSON: one object, several behind each other, or a list of them,
 * in one line or in many. Only the object at hand is held; of one that is too large, the objects inside
 * are given instead (`{"items": [...]}`).
 */
export class JsonSplitter {
  readonly #onObject: (json: string) => void;
  #parts: string[] = [];
  #length = 0;
  #depth = 0;
  #inText = false;
  #escaped = false;
  #tooLong = 0;
  #inside: JsonSplitter | null = null;

  constructor(onObject: (json: string) => void) {
    this.#onObject = onObject;
  }

  /** Objects that were too long to be read. */
  get tooLong(): number {
    return this.#tooLong;
  }

  /** Objects were found in one that was too long. */
  #foundInside = 0;

  feed(chunk: Buffer): void {
    let start = this.#depth > 0 ? 0 : -1;
    for (let at = 0; at < chunk.length; at += 1) {
      const byte = chunk[at];
      if (this.#inText) {
        if (this.#escaped) this.#escaped = false;
        else if (byte === BACKSLASH) this.#escaped = true;
        else if (byte === QUOTE) this.#inText = false;
      } else if (byte === QUOTE) this.#inText = this.#depth > 0;
      else if (byte === OPEN) {
        if (this.#depth === 0) start = at;
        this.#depth += 1;
      } else if (byte === CLOSE && this.#depth > 0) {
        this.#depth -= 1;
        if (this.#depth === 0) {
          this.#keep(chunk, start, at + 1);
          this.#finish();
          start = -1;
        }
      }
    }
    if (start >= 0) this.#keep(chunk, start, chunk.length);
  }

  #keep(chunk: Buffer, start: number, end: number): void {
    if (this.#inside !== null) {
      this.#inside.feed(chunk.subarray(start, end));
      return;
    }
    this.#length += end - start;
    this.#parts.push(chunk.toString('latin1', start, end));
    if (this.#length <= MAX_OBJECT) return;
    this.#foundInside = 0;
    this.#inside = new JsonSplitter((json) => {
      this.#foundInside += 1;
      this.#onObject(json);
    });
    // Without its own bracket, what is inside stands at the outermost level.
    this.#inside.feed(Buffer.from(this.#parts.join('').slice(1), 'latin1'));
    this.#parts = [];
  }

  #finish(): void {
    if (this.#inside !== null) {
      this.#tooLong += this.#inside.tooLong + (this.#foundInside === 0 ? 1 : 0);
      this.#inside = null;
    } else this.#onObject(Buffer.from(this.#parts.join(''), 'latin1').toString('utf8'));
    this.#parts = [];
    this.#length = 0;
  }
}
